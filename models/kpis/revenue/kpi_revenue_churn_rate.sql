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

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'revenue_churn_rate', 'gross', 'churned', 'lost_amount', 'opening_mrr_amount',
        null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'revenue_churn_rate', 'net', 'churned', 'lost_amount - expansion_amount',
        'opening_mrr_amount', null_reason=not_yet_at_start()
    ) }}

)

select * from final
