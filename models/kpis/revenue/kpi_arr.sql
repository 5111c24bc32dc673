with subscription_months as (

    select * from {{ ref('agg_subscription_months') }}

),

final as (

    {{ kpi_rows('arr', 'standard', 'subscription_months', '12 * mrr_amount') }}

)

select * from final
