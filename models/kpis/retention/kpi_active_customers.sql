with mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

{{ measured_by_period('balance', 'mrr_months', 'month_start', var('customer_cuts'), {
    'customer_count': 'count(case when is_active then customer_id end)',
}, months='last') }},

final as (

    {{ kpi_rows('active_customers', 'standard', 'balance', 'customer_count') }}

)

select * from final
