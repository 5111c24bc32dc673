with line_months as (

    select * from {{ ref('agg_invoice_line_months') }}

),

invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

subscription_months as (

    select * from {{ ref('agg_subscription_months') }}

),

{{ measured_together(
    'recognised_per_seat', 'line_months', ['recognised_amount'], 'subscription_months',
    ['seat_count']
) }},

{{ measured_together(
    'invoiced_per_seat', 'invoice_lines', ['revenue_amount'], 'subscription_months', ['seat_count']
) }},

final as (

    {{ kpi_rows('arpu', 'recognised', 'recognised_per_seat', 'recognised_amount', 'seat_count') }}

    union all

    {{ kpi_rows('arpu', 'invoiced', 'invoiced_per_seat', 'revenue_amount', 'seat_count') }}

    union all

    {{ kpi_rows('arpu', 'mrr', 'subscription_months', 'mrr_amount', 'seat_count') }}

)

select * from final
