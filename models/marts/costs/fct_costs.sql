with costs as (

    select * from {{ ref('int_costs_reconciled') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

channels as (

    select * from {{ ref('channels') }}

),

owners as (

    select * from {{ ref('dim_owners') }} where is_listed

),

named as (

    select
        costs.cost_id,
        costs.cost_date,
        costs.cost_source,
        costs.is_in_ledger,
        costs.account_code,
        costs.cost_category,
        costs.department,
        costs.cost_function,
        costs.is_media,
        coalesce(channels.channel, campaigns.channel, lower(costs.source)) as channel,
        campaigns.campaign_name,
        owners.owner_id,
        owners.owner_name,
        owners.team,
        costs.cost_amount

    from costs

    left join campaigns
        on costs.campaign_id = campaigns.campaign_id

    left join channels
        on costs.source = channels.source

    left join owners
        on costs.owner_id = owners.owner_id

),

final as (

    select
        cost_id,
        cost_date,
        cost_source,
        is_in_ledger,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        -- Media without a campaign are not shared: their purpose is unknown, and they stay in
        -- (none).
        channel is null and campaign_name is null and not is_media as is_shared,
        channel,
        campaign_name,
        owner_id,
        owner_name,
        team,
        cost_amount

    from named

)

select * from final
