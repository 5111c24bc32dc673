with campaigns as (

    select
        *,
        count(*) over (partition by campaign_name) as namesake_count

    from {{ ref('stg_campaigns') }}

),

channels as (

    select * from {{ ref('channels') }}

),

final as (

    select
        campaigns.campaign_id,
        case
            when campaigns.namesake_count > 1
                then campaigns.campaign_name || ' (' || campaigns.campaign_id || ')'
            else campaigns.campaign_name
        end as campaign_name,
        coalesce(channels.channel, lower(campaigns.source)) as channel,
        channels.touchpoint,
        campaigns.start_date,
        campaigns.end_date

    from campaigns

    left join channels
        on campaigns.source = channels.source

)

select * from final
