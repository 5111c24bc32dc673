with campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

channels as (

    select * from {{ ref('channels') }}

),

final as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        channels.channel,
        channels.touchpoint,
        campaigns.start_date,
        campaigns.end_date

    from campaigns

    left join channels
        on campaigns.source = channels.source

)

select * from final
