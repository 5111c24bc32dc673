with invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

compared as (

    select
        period_grain,
        period_start,
        'previous_period' as variant,
        previous_period_start as compared_start

    from {{ ref('dim_periods') }}

    union all

    select
        period_grain,
        period_start,
        'previous_year' as variant,
        previous_year_start as compared_start

    from {{ ref('dim_periods') }}

),

-- A period before the first data has no known revenue.
side_by_side as (

    select
        compared.variant,
        invoice_lines.period_grain,
        invoice_lines.period_start,
        invoice_lines.period_end,
        invoice_lines.reporting_date,
        invoice_lines.dimension,
        invoice_lines.segment,
        invoice_lines.revenue_amount - earlier.revenue_amount as growth_amount,
        earlier.revenue_amount as compared_amount,
        case
            when invoice_lines.revenue_amount is null then 'no_source'
            when earlier.period_start is null then 'not_yet'
            when earlier.revenue_amount < 0 then 'too_few'
        end as null_reason

    from invoice_lines

    inner join compared
        on
            invoice_lines.period_grain = compared.period_grain
            and invoice_lines.period_start = compared.period_start

    left join invoice_lines as earlier
        on
            compared.period_grain = earlier.period_grain
            and compared.compared_start = earlier.period_start
            and invoice_lines.dimension = earlier.dimension
            and invoice_lines.segment = earlier.segment

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
