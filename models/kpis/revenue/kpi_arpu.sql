with invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

subscription_months as (

    select * from {{ ref('agg_subscription_months') }}

),

{{ measured_together(
    'per_seat', 'invoice_lines', ['revenue_amount'], 'subscription_months', ['seat_count']
) }},

final as (

    {{ kpi_rows('arpu', 'standard', 'per_seat', 'revenue_amount', 'seat_count') }}

)

select * from final
