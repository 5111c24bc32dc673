-- What a person did after the contact became a lead answers it; what was said before does not.
with stages_entered as (

    select * from {{ ref('int_lifecycle_stages_entered') }}

),

activities as (

    select * from {{ ref('fct_activities') }}

),

leads as (

    select
        contact_id,
        min(entered_at) as lead_at

    from stages_entered

    where funnel_order >= 1

    group by contact_id

),

answers as (

    select
        leads.contact_id,
        leads.lead_at,
        min(activities.occurred_at) as answered_at

    from leads

    inner join activities
        on
            leads.contact_id = activities.contact_id
            and leads.lead_at <= activities.occurred_at

    where
        not activities.is_automated
        and activities.owner_id is not null

    group by
        leads.contact_id,
        leads.lead_at

),

final as (

    select
        contact_id,
        {{ reporting_day('answered_at') }} as answered_date,
        {{ dbt.datediff('lead_at', 'answered_at', 'second') }} as answer_seconds

    from answers

)

select * from final
