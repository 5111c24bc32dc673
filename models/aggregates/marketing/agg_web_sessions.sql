with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ aggregated('sessions', var('visit_cuts'), {
    'started': {
        'by': 'started_date',
        'counts': {
            'session_count': 'count(session_id)',
            'page_view_count': 'sum(page_views)',
            'paged_session_count': 'count(page_views)',
            'bounced_session_count': 'count(case when page_views = 1 then session_id end)',
            'timed_session_count': 'count(duration_seconds)',
        },
        'sums': {
            'duration_seconds': 'sum(duration_seconds)',
        },
    },
    'visited': {
        'by': 'started_date',
        'once': ['visitor_id'],
        'counts': {
            'visitor_count': 'count(visitor_id)',
        },
    },
}, has_weeks=true, record=['web_session', 'session_id', 'fct_web_sessions']) }}

select * from final
