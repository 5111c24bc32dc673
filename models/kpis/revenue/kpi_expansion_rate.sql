with movements as (

    select * from {{ ref('agg_mrr_gains_and_losses') }}

),

opening_balances as (

    select * from {{ ref('agg_opening_balances') }}

),

{{ measured_together(
    'expanded', 'movements', ['expansion_amount', 'reactivation_amount'],
    'opening_balances', ['opening_mrr_amount']
) }},

a_year_ago as (

    select * from {{ ref('agg_customers_a_year_ago') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'expansion_rate', 'standard', 'expanded', 'expansion_amount', 'opening_mrr_amount',
        null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'expansion_rate', 'with_reactivation', 'expanded',
        'expansion_amount + reactivation_amount', 'opening_mrr_amount',
        null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'expansion_rate', 'trailing_12_months', 'a_year_ago', 'grown_constant_mrr_amount',
        'start_constant_mrr_amount', null_reason=not_yet_a_year_ago()
    ) }}

)

select * from final
