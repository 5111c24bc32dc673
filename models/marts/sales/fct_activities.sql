with activities as (

    select
        *,
        {{ reporting_day('occurred_at') }} as occurred_date

    from {{ ref('stg_activities') }}

),

all_contacts as (

    select * from {{ ref('stg_contacts') }}

),

all_deals as (

    select * from {{ ref('stg_deals') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

final as (

    select
        activities.activity_id,
        activities.activity_type,
        all_contacts.surviving_contact_id as contact_id,
        all_deals.surviving_deal_id as deal_id,
        activities.owner_id,
        owners.owner_name,
        owners.team,
        activities.is_automated,
        activities.occurred_at,
        activities.occurred_date

    from activities

    cross join reporting

    left join all_contacts
        on activities.contact_id = all_contacts.contact_id

    left join all_deals
        on activities.deal_id = all_deals.deal_id

    left join owners
        on
            activities.owner_id = owners.owner_id
            and activities.occurred_date >= owners.valid_from
            and activities.occurred_date <= owners.valid_to

    where activities.occurred_date <= reporting.reporting_date

)

select * from final
