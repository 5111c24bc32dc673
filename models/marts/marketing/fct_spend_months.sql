with costs as (

    select *

    from {{ ref('fct_costs') }}

    where
        cost_function = 'marketing'
        and (channel is not null or campaign_name is not null)

),

campaigns_with_an_end as (

    select distinct campaign_name

    from {{ ref('dim_campaigns') }}

    where end_date is not null

),

placed as (

    select
        {{ paid_for('costs') }} as paid_for,
        {{ month_of('costs', 'cost_date') }} as spend_month,
        costs.campaign_name,
        case when costs.campaign_name is null then costs.channel end as channel,
        costs.cost_amount

    from costs

),

summed as (

    select
        paid_for,
        spend_month,
        min(campaign_name) as campaign_name,
        min(channel) as channel,
        sum(cost_amount) as spent_amount

    from placed

    group by
        paid_for,
        spend_month

),

final as (

    select
        summed.paid_for,
        summed.spend_month,
        summed.campaign_name,
        summed.channel,
        campaigns_with_an_end.campaign_name is not null as is_one_purchase,
        cast(summed.spent_amount as decimal(18, 2)) as spent_amount

    from summed

    left join campaigns_with_an_end
        on summed.campaign_name = campaigns_with_an_end.campaign_name

)

select * from final
