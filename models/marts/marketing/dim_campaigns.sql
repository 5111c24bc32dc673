with listed_campaigns as (

    select
        *,
        count(*) over (partition by campaign_name) as namesake_count

    from {{ ref('stg_campaigns') }}

),

{{ unlisted_ids(
    'unlisted',
    'campaign_id',
    [
        'stg_contacts', 'stg_web_sessions', 'stg_trade_show_visits', 'stg_campaign_spend',
        'stg_expense_ledger',
    ],
    'listed_campaigns',
) }},

channels as (

    select * from {{ ref('channels') }}

),

-- A campaign that is not listed is shown by the id that was given, as in a link.
campaigns as (

    select
        campaign_id,
        coalesce(
            case
                when namesake_count > 1 then campaign_name || ' (' || campaign_id || ')'
                else campaign_name
            end,
            {{ given_id('campaign_id') }}
        ) as campaign_name,
        source,
        start_date,
        end_date,
        true as is_listed

    from listed_campaigns

    union all

    select
        campaign_id,
        {{ given_id('campaign_id') }} as campaign_name,
        cast(null as {{ dbt.type_string() }}) as source,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_listed

    from unlisted

),

final as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        coalesce(channels.channel, lower(campaigns.source)) as channel,
        channels.touchpoint,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.is_listed

    from campaigns

    left join channels
        on campaigns.source = channels.source

)

select * from final
