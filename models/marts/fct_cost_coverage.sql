with months as (

    select * from {{ ref('int_months') }}

),

costs as (

    select
        case cost_source when 'difference' then 'ledger' else cost_source end as cost_source,
        cast({{ dbt.date_trunc('month', 'cost_date') }} as date) as month_start

    from {{ ref('fct_costs') }}

),

spans as (

    select
        cost_source,
        min(month_start) as first_month,
        max(month_start) as last_month

    from costs

    group by cost_source

),

-- Books are closed month by month, and hold all that was spent; advertising pauses, so that a month
-- without it is one that cost nothing.
covered as (

    select
        months.month_start,
        spans.cost_source,
        case
            when
                months.month_start >= spans.first_month
                and (
                    spans.cost_source = 'campaign_spend'
                    or months.month_start <= spans.last_month
                )
                then 1
            else 0
        end as covered_order

    from months

    cross join spans

),

coverage as (

    select
        month_start,
        min(case when cost_source in ('ledger', 'payroll') then covered_order end) as books_order,
        max(case when cost_source in ('ledger', 'campaign_spend') then covered_order end)
            as media_order

    from covered

    group by month_start

),

final as (

    select
        months.month_start,
        coalesce(coverage.books_order = 1, false) as are_books_known,
        coalesce(coverage.media_order = 1, false) as is_media_known

    from months

    left join coverage
        on months.month_start = coverage.month_start

)

select * from final
