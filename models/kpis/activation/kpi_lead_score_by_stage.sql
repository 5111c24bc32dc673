{#- CRMs keep no history of the score: it is known for the period of the reporting date alone. -#}
with reporting as (

    select distinct reporting_date from {{ ref('dim_periods') }}

),

-- On a past reporting date, who came later is not there yet.
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

{{ measured_by_period(
    'scored', 'contacts', 'snapshot_date', {'lifecycle_stage': 'lifecycle_stage'},
    {
        'score_sum': 'sum(lead_score)',
        'scored_count': 'count(lead_score)',
        'contact_count': 'count(contact_id)',
    },
) }},

current_periods as (

    select * from scored where reporting_date between period_start and period_end

),

final as (

    {{ kpi_rows('lead_score_by_stage', 'average', 'current_periods', 'score_sum', 'scored_count') }}

    union all

    {{ kpi_rows('lead_score_by_stage', 'contacts', 'current_periods', 'contact_count') }}

)

select * from final
