with subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

{{ measured_by_period('balance', 'subscription_months', 'month_start', var('customer_cuts'), {
    'mrr_amount': 'sum(mrr_amount)',
    'list_mrr_amount': 'sum(list_mrr_amount)',
}, months='last') }},

final as (

    {{ kpi_rows('mrr', 'standard', 'balance', 'mrr_amount') }}

    union all

    {{ kpi_rows('mrr', 'list_price', 'balance', 'list_mrr_amount') }}

)

select * from final
