{%- set window_days = var('attribution_window_days') | string -%}
{%- set half_life_days = var('attribution_half_life_days') -%}
with deals as (

    select
        fct_deals.*,
        coalesce(fct_deals.closed_date, reporting.reporting_date) as credited_until

    from {{ ref('fct_deals') }} as fct_deals

    cross join {{ ref('int_reporting_date') }} as reporting

),

deal_contacts as (

    select * from {{ ref('int_deal_contacts_chosen') }}

),

known_touches as (

    select * from {{ ref('fct_touches') }} where contact_id is not null

),

channels as (

    select * from {{ ref('int_channels_grouped') }}

),

-- All touches before a deal's closing, however long ago.
touches_before as (

    select
        deals.deal_id,
        deals.credited_until,
        known_touches.touch_id,
        known_touches.touchpoint,
        known_touches.channel,
        known_touches.campaign_name,
        known_touches.is_marketing,
        known_touches.touched_at,
        known_touches.touched_date

    from deals

    inner join deal_contacts
        on deals.deal_id = deal_contacts.deal_id

    inner join known_touches
        on deal_contacts.contact_id = known_touches.contact_id

    where known_touches.touched_date <= deals.credited_until

),

deals_with_touches as (

    select distinct deal_id from touches_before

),

touches as (

    select * from touches_before
    {%- if window_days %}

    where {{ dbt.dateadd('day', window_days, 'touched_date') }} >= credited_until
    {%- endif %}

),

ordered as (

    select
        *,
        cast(row_number() over (
            partition by deal_id order by touched_at asc, touch_id asc
        ) as bigint) as touch_number,
        count(*) over (partition by deal_id) as touch_count,
        max(touched_date) over (partition by deal_id) as last_touched_date

    from touches

),

-- With each half-life before the deal's last touch a touch weighs half. Counted from the closing
-- the shares would be the same, but all weights of touches of long ago would round to 0.
weighed as (

    select
        *,
        cast(
            round(
                power(
                    0.5,
                    {{ divide(
                        dbt.datediff('touched_date', 'last_touched_date', 'day'), half_life_days
                    ) }}
                ) * 1000000000,
                0
            ) as bigint
        ) as decay_weight

    from ordered

),

-- Shares in whole millionths. The remainder of equal shares, those of all touches or of those
-- between the first and the last, goes to the last of them, one to each.
shared as (

    select
        *,
        cast(
            floor(
                {{ divide(
                    '1000000 * decay_weight', 'sum(decay_weight) over (partition by deal_id)'
                ) }}
            ) as bigint
        ) as decay_millionths,
        cast(floor({{ divide('200000', 'greatest(touch_count - 2, 1)') }}) as bigint)
            as middle_millionths,
        cast(floor({{ divide('1000000', 'touch_count') }}) as bigint) as equal_millionths,
        touch_count - touch_number as later_touch_count

    from weighed

),

credited as (

    select
        deal_id,
        touch_number,
        touch_id,
        touchpoint,
        channel,
        campaign_name,
        is_marketing,
        touched_date,
        case when touch_number = 1 then 1 else 0 end as first_touch_credit,
        case when later_touch_count = 0 then 1 else 0 end as last_touch_credit,
        cast(
            equal_millionths
            + case
                when later_touch_count < 1000000 - equal_millionths * touch_count then 1
                else 0
            end as decimal(18, 6)
        ) * cast(0.000001 as decimal(7, 6)) as linear_credit,
        cast(
            decay_millionths
            + case
                when later_touch_count = 0
                    then 1000000 - sum(decay_millionths) over (partition by deal_id)
                else 0
            end as decimal(18, 6)
        ) * cast(0.000001 as decimal(7, 6)) as time_decay_credit,
        cast(
            case
                when touch_count = 1 then 1000000
                when touch_count = 2 then 500000
                when touch_number = 1 or later_touch_count = 0 then 400000
                when later_touch_count <= 200000 - middle_millionths * (touch_count - 2)
                    then middle_millionths + 1
                else middle_millionths
            end as decimal(18, 6)
        ) * cast(0.000001 as decimal(7, 6)) as position_based_credit

    from shared

),

-- A deal without any known touch is credited to its primary contact's source; a deal whose touches
-- all lie before the window is credited to nobody.
sources_of_deals as (

    select
        deals.*,
        case when deals_with_touches.deal_id is null then deals.touchpoint end
            as source_touchpoint,
        case when deals_with_touches.deal_id is null then deals.channel end as source_channel,
        case when deals_with_touches.deal_id is null then deals.campaign_name end
            as source_campaign_name

    from deals

    left join deals_with_touches
        on deals.deal_id = deals_with_touches.deal_id

),

joined as (

    select
        deals.deal_id,
        coalesce(credited.touch_number, 1) as touch_number,
        credited.touch_id,
        case
            when credited.touch_id is null then deals.source_touchpoint else credited.touchpoint
        end as touchpoint,
        case when credited.touch_id is null then deals.source_channel else credited.channel end
            as channel,
        case
            when credited.touch_id is null then deals.source_campaign_name
            else credited.campaign_name
        end as campaign_name,
        coalesce(credited.is_marketing, channels.is_marketing, false) as is_marketing,
        credited.touched_date,
        deals.customer_type,
        deals.is_closed,
        deals.is_won,
        deals.closed_date,
        deals.deal_amount,
        cast(coalesce(credited.first_touch_credit, 1) as decimal(9, 6)) as first_touch_credit,
        cast(coalesce(credited.last_touch_credit, 1) as decimal(9, 6)) as last_touch_credit,
        cast(coalesce(credited.linear_credit, 1) as decimal(9, 6)) as linear_credit,
        cast(coalesce(credited.time_decay_credit, 1) as decimal(9, 6)) as time_decay_credit,
        cast(coalesce(credited.position_based_credit, 1) as decimal(9, 6))
            as position_based_credit

    from sources_of_deals as deals

    left join credited
        on deals.deal_id = credited.deal_id

    left join channels
        on deals.source_channel = channels.channel

),

final as (

    select
        joined.*,
        cast(cast(deal_amount as decimal(28, 2)) * first_touch_credit as decimal(28, 8))
            as first_touch_amount,
        cast(cast(deal_amount as decimal(28, 2)) * last_touch_credit as decimal(28, 8))
            as last_touch_amount,
        cast(cast(deal_amount as decimal(28, 2)) * linear_credit as decimal(28, 8))
            as linear_amount,
        cast(cast(deal_amount as decimal(28, 2)) * time_decay_credit as decimal(28, 8))
            as time_decay_amount,
        cast(cast(deal_amount as decimal(28, 2)) * position_based_credit as decimal(28, 8))
            as position_based_amount

    from joined

)

select * from final
