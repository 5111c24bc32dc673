with subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

{{ measured_by_period('balance', 'subscription_months', 'month_start', var('customer_cuts'), {
    'arr_amount': '12 * sum(mrr_amount)',
}, months='last') }},

final as (

    {{ kpi_rows('arr', 'standard', 'balance', 'arr_amount') }}

)

select * from final
