/*
Claim: the leads of all periods of a grain, and of all segments of a dimension, add up to a count
made on the staged rows: people with any entry into the funnel up to the reporting date, each once.
Why it could break: a join that loses or multiplies contacts, merged records counted beside their
survivor, periods with a gap between them, a null segment that is dropped.
Not checked: the period and the segment that a lead is in.
*/
with contacts as (

    select * from {{ ref('stg_contacts') }}

),

counted_contacts as (

    select contact_id from contacts where is_counted

),

reporting as (

    select distinct reporting_date from {{ ref('dim_periods') }}

),

history as (

    select
        contacts.surviving_contact_id as contact_id,
        lifecycle_history.lifecycle_stage,
        lifecycle_history.entered_at

    from {{ ref('stg_lifecycle_history') }} as lifecycle_history

    inner join contacts
        on lifecycle_history.contact_id = contacts.contact_id

),

people_with_history as (

    select distinct contact_id from history

),

stages as (

    select
        contact_id,
        lifecycle_stage,
        entered_at

    from history

    union all

    select
        contacts.contact_id,
        contacts.lifecycle_stage,
        contacts.created_at as entered_at

    from contacts

    left join people_with_history
        on contacts.contact_id = people_with_history.contact_id

    where people_with_history.contact_id is null

),

expected as (

    select
        count(distinct stages.contact_id) as standard_count,
        count(distinct case when stages.lifecycle_stage = 'lead' then stages.contact_id end)
            as strict_count

    from stages

    inner join counted_contacts
        on stages.contact_id = counted_contacts.contact_id

    inner join reporting
        on {{ reporting_day('stages.entered_at') }} <= reporting.reporting_date

    where
        stages.lifecycle_stage in (
            'lead', 'mql', 'sql', 'opportunity', 'customer', 'evangelist'
        )

),

reported as (

    select
        variant,
        period_grain,
        dimension,
        coalesce(sum(value), 0) as lead_count

    from {{ ref('kpi_values') }}

    where kpi = 'leads'

    group by
        variant,
        period_grain,
        dimension

)

select
    reported.*,
    expected.standard_count,
    expected.strict_count

from reported

cross join expected

where
    reported.lead_count
    != case reported.variant
        when 'standard' then expected.standard_count
        else expected.strict_count
    end
