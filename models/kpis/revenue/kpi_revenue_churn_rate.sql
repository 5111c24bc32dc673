with mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

{{ measured_by_period('moved', 'mrr_movements', 'month_start', var('invoice_cuts'), {
    'lost_amount':
        "-1 * sum(case when movement in ('churn', 'contraction') then movement_amount else 0 end)",
    'expansion_amount':
        "sum(case when movement = 'expansion' then movement_amount else 0 end)",
}) }},

-- The balance at the end of a month is what the next one starts with.
{{ measured_by_period('opening', 'subscription_months', 'next_month_start', var('invoice_cuts'), {
    'start_amount': 'sum(mrr_amount)',
}, months='first') }},

{{ measured_together(
    'churned', 'moved', ['lost_amount', 'expansion_amount'], 'opening', ['start_amount']
) }},

variants as (

    select 'gross' as variant

    union all

    select 'net' as variant

),

rates as (

    select
        variants.variant,
        churned.period_grain,
        churned.period_start,
        churned.period_end,
        churned.reporting_date,
        churned.dimension,
        churned.segment,
        churned.lost_amount
        - case when variants.variant = 'net' then churned.expansion_amount else 0 end
            as churned_amount,
        churned.start_amount

    from churned

    cross join variants

),

final as (

    {{ kpi_rows('revenue_churn_rate', none, 'rates', 'churned_amount', 'start_amount') }}

)

select * from final
