-- An activity of a person after the contact became a lead answers it; an earlier one does not.
with stages_entered as (

    select * from {{ ref('int_lifecycle_stages_entered') }}

),

activities as (

    select * from {{ ref('stg_activities') }}

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- Under the contact that others were merged into, up to the reporting date. What happened at
-- midnight is known by its day alone, as a task of Salesforce is.
done as (

    select
        contacts.surviving_contact_id as contact_id,
        activities.occurred_at,
        {{ reporting_day('activities.occurred_at') }} as occurred_date,
        {{ reporting_day('activities.occurred_at') }}
        > {{ reporting_day(dbt.dateadd('second', -1, 'activities.occurred_at')) }} as is_day_alone

    from activities

    inner join contacts
        on activities.contact_id = contacts.contact_id

    cross join reporting

    where
        not activities.is_automated
        and activities.owner_id is not null
        and {{ reporting_day('activities.occurred_at') }} <= reporting.reporting_date

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
        min(
            case when leads.lead_at > done.occurred_at then leads.lead_at else done.occurred_at end
        ) as answered_at

    from leads

    inner join done
        on leads.contact_id = done.contact_id

    where
        leads.lead_at <= done.occurred_at
        or (done.is_day_alone and {{ reporting_day('leads.lead_at') }} = done.occurred_date)

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
