{#- CRMs keep no history of the score: it is known for the period of the reporting date alone. -#}
with reporting as (

    select distinct reporting_date from {{ ref('dim_periods') }}

),

-- A contact created after a past reporting date does not exist yet.
contacts as (

    select
        all_contacts.contact_id,
        all_contacts.lifecycle_stage,
        all_contacts.lead_score,
        reporting.reporting_date as snapshot_date

    from {{ ref('dim_contacts') }} as all_contacts

    cross join reporting

    where
        all_contacts.created_date is null
        or all_contacts.created_date <= reporting.reporting_date

),

{{ aggregated('contacts', {'lifecycle_stage': 'lifecycle_stage'}, {
    'snapshot': {
        'by': 'snapshot_date',
        'counts': {
            'contact_count': 'count(contact_id)',
            'scored_contact_count': 'count(lead_score)',
        },
        'sums': {
            'lead_score_sum': 'sum(lead_score)',
        },
    },
}, record=['contact', 'contact_id', 'dim_contacts']) }}

select * from final
