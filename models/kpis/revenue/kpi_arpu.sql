with invoice_lines as (

    select * from {{ ref('fct_invoice_lines') }}

),

subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

{{ measured_by_period('invoiced', 'invoice_lines', 'issued_date', var('customer_cuts'), {
    'revenue_amount': 'sum(line_amount)',
}) }},

{{ measured_by_period('seats', 'subscription_months', 'month_start', var('customer_cuts'), {
    'seat_count': 'sum(seat_count)',
}, months='last') }},

{{ measured_together('per_seat', 'invoiced', ['revenue_amount'], 'seats', ['seat_count']) }},

final as (

    {{ kpi_rows('arpu', 'standard', 'per_seat', 'revenue_amount', 'seat_count') }}

)

select * from final
