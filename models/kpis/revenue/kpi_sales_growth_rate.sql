with invoice_lines as (

    select * from {{ ref('fct_invoice_lines') }}

),

{{ measured_by_period('invoiced', 'invoice_lines', 'issued_date', var('customer_cuts'), {
    'revenue_amount': 'sum(line_amount)',
}) }},

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

-- A period before the first of the data has no revenue that is known.
grown as (

    select
        compared.variant,
        invoiced.period_grain,
        invoiced.period_start,
        invoiced.period_end,
        invoiced.reporting_date,
        invoiced.dimension,
        invoiced.segment,
        invoiced.revenue_amount - earlier.revenue_amount as growth_amount,
        earlier.revenue_amount as compared_amount

    from invoiced

    inner join compared
        on
            invoiced.period_grain = compared.period_grain
            and invoiced.period_start = compared.period_start

    left join invoiced as earlier
        on
            compared.period_grain = earlier.period_grain
            and compared.compared_start = earlier.period_start
            and invoiced.dimension = earlier.dimension
            and invoiced.segment = earlier.segment

),

final as (

    {#- Of less than nothing there is no growth. #}
    {{ kpi_rows(
        'sales_growth_rate', none, 'grown', 'growth_amount', 'compared_amount',
        value='case when compared_amount > 0 then '
            ~ ratio('growth_amount', 'compared_amount') ~ ' end'
    ) }}

)

select * from final
