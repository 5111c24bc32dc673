with reporting as (

    select * from {{ ref('int_reporting_date') }}

),

dated as (

    select
        *,
        -- A badge belongs to one person at one show: the next show may reuse the numbers.
        coalesce(campaign_id || '/', '') || badge_id as show_badge_id,
        {{ reporting_day('visited_at') }} as visited_date

    from {{ ref('stg_trade_show_visits') }}

),

-- A visitor who is identified only after the reporting date is still unknown.
visits as (

    select dated.*

    from dated

    cross join reporting

    where dated.visited_date <= reporting.reporting_date

),

all_contacts as (

    select * from {{ ref('stg_contacts') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

-- A contact that the CRM does not know still counts as one person.
named as (

    select
        visits.*,
        coalesce(all_contacts.surviving_contact_id, visits.contact_id) as named_contact_id

    from visits

    left join all_contacts
        on visits.contact_id = all_contacts.contact_id

),

-- A visitor is a badge; once one of its visits is identified, all of them are the contact's.
identified_badges as (

    select
        show_badge_id,
        min(named_contact_id) as contact_id

    from named

    group by show_badge_id

),

identified as (

    select
        named.*,
        coalesce(named.named_contact_id, identified_badges.contact_id) as visitor_contact_id

    from named

    left join identified_badges
        on named.show_badge_id = identified_badges.show_badge_id

),

-- Badges and visits never have the names of browsers or contacts.
final as (

    select
        identified.visit_id,
        coalesce(
            identified.visitor_contact_id,
            'badge/' || identified.show_badge_id,
            'visit/' || identified.visit_id
        ) as visitor_id,
        identified.visitor_contact_id as contact_id,
        coalesce(campaigns.channel, 'trade_show') as channel,
        coalesce(campaigns.touchpoint, 'trade_show') as touchpoint,
        campaigns.campaign_name,
        identified.owner_id,
        identified.visited_at,
        identified.visited_date

    from identified

    left join campaigns
        on identified.campaign_id = campaigns.campaign_id

)

select * from final
