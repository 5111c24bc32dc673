with subscription_months as (

    select * from {{ ref('agg_subscription_months') }}

),

final as (

    {{ kpi_rows('mrr', 'standard', 'subscription_months', 'mrr_amount') }}

    union all

    {{ kpi_rows('mrr', 'list_price', 'subscription_months', 'list_mrr_amount') }}

)

select * from final
