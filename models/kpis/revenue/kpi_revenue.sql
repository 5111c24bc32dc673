with line_months as (

    select * from {{ ref('agg_invoice_line_months') }}

),

invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

customer_types as (

    select 'new' as customer_type

    union all

    select 'existing' as customer_type

),

recognised_by_customer_type as (

    select
        line_months.period_grain,
        line_months.period_start,
        line_months.period_end,
        line_months.reporting_date,
        'customer_type' as dimension,
        {{ own_segment('customer_types.customer_type') }} as segment,
        case customer_types.customer_type
            when 'new' then line_months.new_customer_recognised_amount
            else line_months.recognised_amount - line_months.new_customer_recognised_amount
        end as recognised_amount

    from line_months

    cross join customer_types

    where
        line_months.dimension = 'all'
        and {{ is_the_view() }}

),

invoiced_by_customer_type as (

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

    {{ kpi_rows('revenue', 'recognised', 'line_months', 'recognised_amount') }}

    union all

    {{ kpi_rows('revenue', 'recognised', 'recognised_by_customer_type', 'recognised_amount') }}

    union all

    {{ kpi_rows('revenue', 'invoiced', 'invoice_lines', 'revenue_amount') }}

    union all

    {{ kpi_rows('revenue', 'invoiced', 'invoiced_by_customer_type', 'revenue_amount') }}

)

select * from final
