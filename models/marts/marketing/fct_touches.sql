with web_sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

trade_show_visits as (

    select * from {{ ref('fct_trade_show_visits') }}

),

channels as (

    select * from {{ ref('int_channels_grouped') }}

),

touches as (

    select
        session_id as touch_id,
        visitor_id,
        contact_id,
        touchpoint,
        channel,
        campaign_name,
        landing_page_group,
        started_at as touched_at,
        started_date as touched_date

    from web_sessions

    union all

    select
        'visit/' || visit_id as touch_id,
        visitor_id,
        contact_id,
        touchpoint,
        channel,
        campaign_name,
        cast(null as {{ dbt.type_string() }}) as landing_page_group,
        visited_at as touched_at,
        visited_date as touched_date

    from trade_show_visits

),

final as (

    select
        touches.touch_id,
        touches.visitor_id,
        touches.contact_id,
        touches.touchpoint,
        touches.channel,
        touches.campaign_name,
        touches.landing_page_group,
        coalesce(channels.is_marketing, false) as is_marketing,
        touches.touched_at,
        touches.touched_date

    from touches

    left join channels
        on touches.channel = channels.channel

)

select * from final
