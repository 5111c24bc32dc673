with line_months as (

    select * from {{ ref('agg_invoice_line_months') }}

),

invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

revenue as (

    select
        'recognised' as basis,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        recognised_amount as revenue_amount

    from line_months

    union all

    select
        'invoiced' as basis,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        revenue_amount

    from invoice_lines

),

{{ compared_periods() }},

-- A period before the first data has no known revenue.
side_by_side as (

    select
        case
            when revenue.basis = 'recognised' then compared.comparison
            else 'invoiced_' || compared.comparison
        end as variant,
        revenue.period_grain,
        revenue.period_start,
        revenue.period_end,
        revenue.reporting_date,
        revenue.dimension,
        revenue.segment,
        revenue.revenue_amount - earlier.revenue_amount as growth_amount,
        earlier.revenue_amount as compared_amount,
        case
            when revenue.revenue_amount is null then 'no_source'
            when earlier.period_start is null then 'not_yet'
            when earlier.revenue_amount < 0 then 'too_few'
        end as null_reason

    from revenue

    inner join compared
        on
            revenue.period_grain = compared.period_grain
            and revenue.period_start = compared.period_start

    left join revenue as earlier
        on
            revenue.basis = earlier.basis
            and compared.period_grain = earlier.period_grain
            and compared.compared_start = earlier.period_start
            and revenue.dimension = earlier.dimension
            and revenue.segment = earlier.segment

),

-- There is no growth over a negative revenue.
grown as (

    select
        *,
        case
            when compared_amount > 0
                then {{ ratio('growth_amount', 'compared_amount') }}
        end as growth_rate

    from side_by_side

),

final as (

    {{ kpi_rows(
        'sales_growth_rate', none, 'grown', 'growth_amount', 'compared_amount', value='growth_rate',
        null_reason='null_reason'
    ) }}

)

select * from final
