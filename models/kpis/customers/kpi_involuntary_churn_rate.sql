with at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

movements as (

    select * from {{ ref('agg_mrr_gains_and_losses') }}

),

opening_balances as (

    select * from {{ ref('agg_opening_balances') }}

),

{{ measured_together(
    'churned', 'movements', ['involuntary_amount'], 'opening_balances', ['opening_mrr_amount']
) }},

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'involuntary_churn_rate', 'customers', 'at_start', 'involuntary_count', 'customer_count',
        null_reason="coalesce(case when involuntary_count is null then 'no_source' end, "
        ~ not_yet_at_start() ~ ')'
    ) }}

    union all

    {{ kpi_rows(
        'involuntary_churn_rate', 'mrr', 'churned', 'involuntary_amount', 'opening_mrr_amount',
        null_reason="coalesce(case when involuntary_amount is null then 'no_source' end, "
        ~ not_yet_at_start() ~ ')'
    ) }}

)

select * from final
