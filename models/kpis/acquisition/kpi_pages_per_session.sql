with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'page_view_count': 'sum(page_views)',
    'session_count': 'count(page_views)',
}) }},

final as (

    {{ kpi_rows('pages_per_session', 'standard', 'visits', 'page_view_count', 'session_count') }}

)

select * from final
