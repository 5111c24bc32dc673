with movements as (

    select * from {{ ref('agg_mrr_gains_and_losses') }}

),

opening_balances as (

    select * from {{ ref('agg_opening_balances') }}

),

{{ measured_together(
    'churned', 'movements', ['lost_amount', 'expansion_amount'],
    'opening_balances', ['opening_mrr_amount']
) }},

final as (

    {{ kpi_rows('revenue_churn_rate', 'gross', 'churned', 'lost_amount', 'opening_mrr_amount') }}

    union all

    {{ kpi_rows(
        'revenue_churn_rate', 'net', 'churned', 'lost_amount - expansion_amount',
        'opening_mrr_amount'
    ) }}

)

select * from final
