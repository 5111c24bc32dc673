with invoice_lines as (

    select * from {{ ref('fct_invoice_lines') }}

),

{{ measured_by_period('invoiced', 'invoice_lines', 'issued_date', var('customer_cuts'), {
    'revenue_amount': 'sum(line_amount)',
    'new_amount':
        'sum(case when first_purchase_date between period_months.period_start '
        ~ 'and period_months.period_end then line_amount else 0 end)',
}) }},

customer_types as (

    select 'new' as customer_type

    union all

    select 'existing' as customer_type

),

-- Who is new depends on the period: a customer of January is new in the year and not in February.
by_customer_type as (

    select
        invoiced.period_grain,
        invoiced.period_start,
        invoiced.period_end,
        invoiced.reporting_date,
        'customer_type' as dimension,
        customer_types.customer_type as segment,
        case customer_types.customer_type
            when 'new' then invoiced.new_amount
            else invoiced.revenue_amount - invoiced.new_amount
        end as revenue_amount

    from invoiced

    cross join customer_types

    where invoiced.dimension = 'all'

),

final as (

    {{ kpi_rows('revenue', 'standard', 'invoiced', 'revenue_amount') }}

    union all

    {{ kpi_rows('revenue', 'standard', 'by_customer_type', 'revenue_amount') }}

)

select * from final
