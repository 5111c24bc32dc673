with line_months as (

    select * from {{ ref('agg_invoice_line_months') }}

),

in_period as (

    select * from {{ ref('agg_customers_in_period') }}

),

invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

mrr_months as (

    select * from {{ ref('agg_mrr_months') }}

),

{{ measured_together(
    'per_account', 'line_months', ['recognised_amount'], 'in_period', ['customer_count']
) }},

final as (

    {{ kpi_rows('arpa', 'active_accounts', 'per_account', 'recognised_amount', 'customer_count') }}

    union all

    {{ kpi_rows('arpa', 'invoiced_accounts', 'invoice_lines', 'revenue_amount', 'buyer_count') }}

    union all

    {{ kpi_rows('arpa', 'mrr', 'mrr_months', 'mrr_amount', 'active_customer_count') }}

)

select * from final
