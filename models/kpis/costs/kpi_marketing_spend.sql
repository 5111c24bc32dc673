with costs as (

    select * from {{ ref('agg_costs') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

known as (

    select
        costs.*,
        case when coverage.are_books_known then costs.marketing_amount end
            as known_marketing_amount,
        case when coverage.is_media_known then costs.media_amount end as known_media_amount,
        coverage.books_null_reason,
        coverage.media_null_reason

    from costs

    inner join coverage
        on
            costs.period_grain = coverage.period_grain
            and costs.period_start = coverage.period_start

),

final as (

    {{ kpi_rows(
        'marketing_spend', 'fully_loaded', 'known', 'known_marketing_amount',
        null_reason='books_null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'marketing_spend', 'media_only', 'known', 'known_media_amount',
        null_reason='media_null_reason'
    ) }}

)

select * from final
