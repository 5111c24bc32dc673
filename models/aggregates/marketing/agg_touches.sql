with visitors as (

    select
        visitor_id,
        lead_date

    from {{ ref('fct_visitors') }}

),

-- Without any contact it is unknown which visitors became one.
contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

touches as (

    select
        fct_touches.*,
        case when visitors.lead_date is null then visitors.visitor_id end as lost_visitor_id

    from {{ ref('fct_touches') }} as fct_touches

    left join visitors
        on fct_touches.visitor_id = visitors.visitor_id

),

{{ aggregated('touches', var('visit_cuts'), {
    'visited': {
        'by': 'touched_date',
        'once': ['visitor_id'],
        'counts': {
            'visitor_count': 'count(visitor_id)',
        },
    },
    'lost': {
        'by': 'touched_date',
        'needs': ['contacts', 'visitors'],
        'once': ['lost_visitor_id'],
        'counts': {
            'lost_visitor_count': 'count(lost_visitor_id)',
        },
    },
}, has_weeks=true, record=['visitor', 'visitor_id', 'fct_touches']) }}

select * from final
