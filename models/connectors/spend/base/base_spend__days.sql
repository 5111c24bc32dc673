{{ config(enabled=connector_is_active('spend')) }}

with spent as (

    select * from {{ ref('base_spend__rows') }}

),

links as (

    select * from {{ ref('campaign_links') }}

),

-- A campaign that has an id is one campaign, under the name that it had last.
linked as (

    select
        spent.*,
        coalesce(by_id.campaign_id, by_name.campaign_id) as link,
        max(by_name.campaign_id) over campaigns as link_by_any_name,
        first_value(spent.campaign_name) over (
            campaigns
            order by
                case when spent.campaign_name is null then 1 else 0 end asc,
                spent.spent_on desc,
                spent.campaign_name asc
        ) as last_name

    from spent

    left join links as by_id
        on spent.platform = by_id.platform and spent.campaign_id = by_id.campaign

    left join links as by_name
        on
            spent.platform = by_name.platform
            and lower(spent.campaign_name) = lower(by_name.campaign)

    window campaigns as (
        partition by spent.platform, coalesce(spent.campaign_id, 'name: ' || spent.campaign_name)
    )

),

named as (

    select
        spent_on,
        coalesce(
            link,
            link_by_any_name,
            case when campaign_key = 'id' then campaign_id end,
            last_name,
            campaign_id
        ) as campaign_id,
        source,
        spend_amount,
        -- An amount that is no number is a row of its own, so that the gate can name it.
        case when read_number(spend_amount) is null then spend_amount end as unreadable_amount,
        currency

    from linked

),

final as (

    select
        spent_on,
        campaign_id,
        source,
        coalesce(
            unreadable_amount,
            {{ as_text("cast(sum(cast(read_number(spend_amount) as decimal(28, 8)))"
                ~ " as decimal(28, 2))") }}
        ) as spend_amount,
        currency

    from named

    group by spent_on, campaign_id, source, currency, unreadable_amount

)

select * from final
