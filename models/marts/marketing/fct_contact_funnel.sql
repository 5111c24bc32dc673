{{ config(pre_hook="{{ add_custom_columns('contacts') }}{{ add_custom_cuts('companies') }}") }}

{#- Stage -> its place in the funnel; a later stage implies the earlier ones. -#}
{%- set stages = {'lead': 1, 'mql': 2, 'sql': 3, 'opportunity': 4, 'customer': 5} -%}
with contacts as (

    select * from {{ ref('dim_contacts') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

stages_entered as (

    select * from {{ ref('int_lifecycle_stages_entered') }}

),

deal_contacts as (

    select * from {{ ref('int_deal_contacts_chosen') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

answers as (

    select * from {{ ref('int_leads_answered') }}

),

touches as (

    select * from {{ ref('fct_touches') }} where contact_id is not null

),

-- The CRM names the channel of a contact, and no page: that of its first touch is taken.
ordered_touches as (

    select
        contact_id,
        landing_page_group,
        row_number() over (
            partition by contact_id order by touched_at asc, touch_id asc
        ) as touch_number

    from touches

),

-- reached: the stage itself or a later one, whichever came first. own: the stage itself.
pivoted as (

    select
        {% for stage, order in stages.items() -%}
        min(case when funnel_order >= {{ order }} then entered_date end) as {{ stage }}_date,
        min(case when funnel_order = {{ order }} then entered_date end) as own_{{ stage }}_date,
        {% endfor -%}
        contact_id

    from stages_entered

    group by contact_id

),

outcomes as (

    select
        deal_contacts.contact_id,
        min(deals.first_quote_date) as first_quote_date,
        min(case when deals.is_won then deals.closed_date end) as first_won_date,
        min(
            case
                when
                    deals.is_closed
                    and not deals.is_won
                    and {{ as_choice('deals.lost_reason') }} = 'competitor'
                    then deals.closed_date
            end
        ) as first_lost_to_competitor_date

    from deal_contacts

    inner join deals
        on deal_contacts.deal_id = deals.deal_id

    group by deal_contacts.contact_id

),

final as (

    select
        contacts.contact_id,
        contacts.company_id,
        contacts.owner_name,
        case when contacts.created_date is null then contacts.team else owners.team end as team,
        contacts.channel,
        contacts.touchpoint,
        contacts.campaign_name,
        ordered_touches.landing_page_group,
        contacts.country,
        contacts.industry,
        contacts.lifecycle_stage,
        contacts.lead_score
        {{- custom_names('contacts', 'contacts') }}
        {{- custom_cuts('companies', 'contacts') }}
        {%- for stage in stages %},
        pivoted.{{ stage }}_date,
        pivoted.own_{{ stage }}_date
        {%- endfor %},
        outcomes.first_quote_date,
        outcomes.first_won_date,
        -- A lead that was won in the end does not count as lost.
        case
            when outcomes.first_won_date is null then outcomes.first_lost_to_competitor_date
        end as lost_to_competitor_date,
        answers.answered_date,
        answers.answer_seconds

    from contacts

    left join pivoted
        on contacts.contact_id = pivoted.contact_id

    left join outcomes
        on contacts.contact_id = outcomes.contact_id

    left join answers
        on contacts.contact_id = answers.contact_id

    left join ordered_touches
        on
            contacts.contact_id = ordered_touches.contact_id
            and ordered_touches.touch_number = 1

    -- The owner is today's; the team is the one that the owner had when the contact came.
    left join owners
        on
            contacts.owner_id = owners.owner_id
            and contacts.created_date >= owners.valid_from
            and contacts.created_date <= owners.valid_to

)

select * from final
