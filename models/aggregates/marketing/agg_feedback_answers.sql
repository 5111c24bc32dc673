with answers as (

    select * from {{ ref('fct_feedback') }} where nps_group is not null

),

{{ aggregated('answers', cuts_of('feedback_cuts'), {
    'submitted': {
        'by': 'submitted_date',
        'counts': {
            'promoter_count': "count(case when nps_group = 'promoter' then feedback_id end)",
            'passive_count': "count(case when nps_group = 'passive' then feedback_id end)",
            'detractor_count': "count(case when nps_group = 'detractor' then feedback_id end)",
        },
    },
}, record=['answer', 'feedback_id', 'fct_feedback']) }}

select * from final
