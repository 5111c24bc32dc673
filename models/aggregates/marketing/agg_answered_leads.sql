with leads as (

    select * from {{ ref('fct_contact_funnel') }}

),

-- If no person ever did anything with a contact, it is unknown which leads were answered.
answers as (

    select *

    from {{ ref('fct_activities') }}

    where
        contact_id is not null
        and owner_id is not null
        and not is_automated

),

{{ aggregated('leads', cuts_of('contact_cuts'), {
    'answered': {
        'by': 'lead_date',
        'needs': ['answers'],
        'counts': {
            'lead_count': 'count(contact_id)',
            'answered_count': 'count(answer_seconds)',
            'answered_in_a_day_count':
                'count(case when answer_seconds <= 86400 then contact_id end)',
        },
        'statistics': {
            'median_answer_seconds': 'percentile_cont(0.5) within group (order by answer_seconds)',
        },
    },
}, has_weeks=true, record=['contact', 'contact_id', 'fct_contact_funnel']) }}

select * from final
