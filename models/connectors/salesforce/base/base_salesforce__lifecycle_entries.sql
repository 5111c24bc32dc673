{{ config(enabled=connector_is_active('salesforce')) }}

with contacts as (

    select * from {{ ref('base_salesforce__contact') }}

),

leads as (

    select * from {{ ref('base_salesforce__lead') }}

),

person_records as (

    select * from {{ ref('base_salesforce__person_records') }}

),

words as (

    select * from {{ ref('lifecycle_words') }} where source_system = 'salesforce'

),

opportunities as (

    select * from {{ ref('base_salesforce__opportunity') }}

    where is_deleted is distinct from 'true'

),

stage_changes as (

    select * from {{ ref('base_salesforce__stage_changes') }}

),

roles as (

    select
        *,
        max(is_primary = 'true') over (partition by opportunity_id) as has_primary

    from {{ ref('base_salesforce__opportunity_contact_role') }}

    where is_deleted is distinct from 'true'

),

status_changes as (

    select
        *,
        row_number() over (partition by lead_id order by changed_at asc, id asc) as change_number

    from {{ ref('base_salesforce__lead_history') }}

    where
        field_name = 'Status'
        and is_deleted is distinct from 'true'

),

-- The status that a lead got by its conversion says nothing more than that.
statuses as (

    select
        leads.id as lead_id,
        status_changes.new_value as status,
        status_changes.changed_at as entered_at

    from status_changes

    inner join leads
        on status_changes.lead_id = leads.id

    where leads.converted_contact_id is null or status_changes.new_value != leads.status

    union all

    -- The first status is the one that the first change replaced.
    select
        leads.id as lead_id,
        coalesce(
            status_changes.old_value,
            case when leads.converted_contact_id is null then leads.status end
        ) as status,
        leads.created_at as entered_at

    from leads

    left join status_changes
        on
            leads.id = status_changes.lead_id
            and status_changes.change_number = 1

),

wins as (

    select
        opportunities.id as opportunity_id,
        coalesce(
            max(stage_changes.changed_at), {{ moment_of('any_value(opportunities.close_date)') }}
        ) as won_at

    from opportunities

    left join stage_changes
        on
            opportunities.id = stage_changes.opportunity_id
            and opportunities.stage_id = stage_changes.stage_id

    where opportunities.is_won = 'true'

    group by opportunities.id

),

entries as (

    select
        person_records.person_id,
        -- The seed has the words of the org; a status that nobody knows is that of a lead.
        case
            when words.source_word is not null then words.lifecycle_stage
            else {{ word('statuses.status', {
                'Subscriber': 'subscriber',
                'Qualified': 'mql',
                'MQL': 'mql',
                'Marketing Qualified': 'mql',
                'Unqualified': 'other',
                'Closed - Not Converted': 'other',
            }, other="'lead'") }}
        end as lifecycle_stage,
        statuses.entered_at

    from statuses

    inner join person_records
        on statuses.lead_id = person_records.record_id

    left join words
        on {{ as_choice('statuses.status') }} = {{ as_choice('words.source_word') }}

    union all

    -- A contact that never was a lead is one from the beginning.
    select
        contacts.id as person_id,
        'lead' as lifecycle_stage,
        contacts.created_at as entered_at

    from contacts

    where
        contacts.id not in (
            select leads.converted_contact_id from leads
            where leads.converted_contact_id is not null
        )

    union all

    select
        person_records.person_id,
        'sql' as lifecycle_stage,
        leads.converted_at as entered_at

    from leads

    inner join person_records
        on leads.id = person_records.record_id

    where leads.converted_contact_id is not null

    union all

    select
        roles.contact_id as person_id,
        'opportunity' as lifecycle_stage,
        min(coalesce(roles.created_at, opportunities.created_at)) as entered_at

    from roles

    inner join opportunities
        on roles.opportunity_id = opportunities.id

    group by roles.contact_id

    union all

    -- A customer is who leads the deal for the buyer; all who take part, where nobody is named.
    select
        roles.contact_id as person_id,
        'customer' as lifecycle_stage,
        min(wins.won_at) as entered_at

    from roles

    inner join wins
        on roles.opportunity_id = wins.opportunity_id

    where
        roles.is_primary = 'true'
        or not roles.has_primary

    group by roles.contact_id

)

select * from entries
