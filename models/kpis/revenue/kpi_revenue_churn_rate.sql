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

losses as (

    select * from {{ uncut(ref('agg_lost_mrr')) }} where dimension = 'churn_reason'

),

-- Customers who stay have no reason: the MRR lost for each reason is divided by the MRR of all.
churned_by_reason as (

    select
        losses.period_grain,
        losses.period_start,
        losses.period_end,
        losses.reporting_date,
        losses.dimension,
        {{ own_segment('losses.segment') }} as segment,
        losses.lost_amount,
        opening_balances.opening_mrr_amount

    from losses

    inner join opening_balances
        on
            losses.period_grain = opening_balances.period_grain
            and losses.period_start = opening_balances.period_start
            and opening_balances.dimension = 'all'

    where {{ is_the_view() }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'revenue_churn_rate', 'gross', 'churned', 'lost_amount', 'opening_mrr_amount',
        null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'revenue_churn_rate', 'gross', 'churned_by_reason', 'lost_amount', 'opening_mrr_amount',
        null_reason="coalesce(case when lost_amount is null then 'no_source' end, "
        ~ not_yet_at_start() ~ ')'
    ) }}

    union all

    {{ kpi_rows(
        'revenue_churn_rate', 'net', 'churned', 'lost_amount - expansion_amount',
        'opening_mrr_amount', null_reason=not_yet_at_start()
    ) }}

)

select * from final
