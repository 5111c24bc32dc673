with invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

customer_types as (

    select 'new' as customer_type

    union all

    select 'existing' as customer_type

),

by_customer_type as (

    select
        invoice_lines.period_grain,
        invoice_lines.period_start,
        invoice_lines.period_end,
        invoice_lines.reporting_date,
        'customer_type' as dimension,
        {{ own_segment('customer_types.customer_type') }} as segment,
        case customer_types.customer_type
            when 'new' then invoice_lines.new_customer_revenue_amount
            else invoice_lines.revenue_amount - invoice_lines.new_customer_revenue_amount
        end as revenue_amount

    from invoice_lines

    cross join customer_types

    where
        invoice_lines.dimension = 'all'
        and {{ is_the_view() }}

),

final as (

    {{ kpi_rows('revenue', 'standard', 'invoice_lines', 'revenue_amount') }}

    union all

    {{ kpi_rows('revenue', 'standard', 'by_customer_type', 'revenue_amount') }}

)

select * from final
