{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with movements as (

    select * from {{ ref('int_mrr_movements_netted') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

-- A customer's change and the effect of the rate on what stayed are two movements.
amounts as (

    select
        customer_id,
        month_start,
        movement,
        plan,
        currency,
        change_amount as movement_amount,
        net_change_amount

    from movements

    where change_amount != 0

    union all

    select
        customer_id,
        month_start,
        'fx' as movement,
        plan,
        currency,
        fx_amount as movement_amount,
        0 as net_change_amount

    from movements

    where fx_amount != 0

),

final as (

    select
        amounts.customer_id,
        amounts.month_start,
        amounts.movement,
        amounts.plan,
        amounts.currency,
        mrr_months.industry,
        mrr_months.country,
        mrr_months.channel,
        mrr_months.campaign_name,
        mrr_months.owner_name,
        mrr_months.team,
        amounts.movement_amount,
        cast(amounts.net_change_amount as decimal(28, 8)) as net_change_amount,
        case when amounts.movement = 'churn' then mrr_months.churn_reason end as churn_reason,
        case
            when mrr_months.is_churn_involuntary is not null
                then amounts.movement = 'churn' and mrr_months.is_churn_involuntary
        end as is_churn_involuntary,
        case when amounts.movement = 'reactivation' then mrr_months.gap_months end as gap_months
        {{- custom_cuts('companies', 'mrr_months') }}

    from amounts

    inner join mrr_months
        on
            amounts.customer_id = mrr_months.customer_id
            and amounts.month_start = mrr_months.month_start

)

select * from final
