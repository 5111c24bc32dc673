with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

sequenced as (

    select * from {{ ref('int_deals_sequenced') }}

),

deal_contacts as (

    select * from {{ ref('int_deal_contacts_chosen') }}

),

all_deals as (

    select * from {{ ref('stg_deals') }}

),

all_contacts as (

    select * from {{ ref('stg_contacts') }}

),

activities as (

    select
        *,
        {{ reporting_day('occurred_at') }} as occurred_date

    from {{ ref('stg_activities') }}

    where not is_automated

),

-- Activities on the deal itself, and with the people who take part in it.
interactions as (

    select
        all_deals.surviving_deal_id as deal_id,
        activities.occurred_date

    from activities

    inner join all_deals
        on activities.deal_id = all_deals.deal_id

    union all

    select
        deal_contacts.deal_id,
        activities.occurred_date

    from activities

    inner join all_contacts
        on activities.contact_id = all_contacts.contact_id

    inner join deal_contacts
        on all_contacts.surviving_contact_id = deal_contacts.contact_id

),

-- A later deal of a customer begins after the one that was won before it: what was said for that
-- one is not part of this cycle.
final as (

    select
        deals.deal_id,
        min(interactions.occurred_date) as first_interaction_date

    from deals

    inner join sequenced
        on deals.deal_id = sequenced.deal_id

    inner join interactions
        on deals.deal_id = interactions.deal_id

    where
        interactions.occurred_date <= coalesce(deals.closed_date, deals.reporting_date)
        and (
            sequenced.previous_won_date is null
            or interactions.occurred_date > sequenced.previous_won_date
        )

    group by deals.deal_id

)

select * from final
