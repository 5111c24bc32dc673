with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'bounced_count': 'count(case when page_views = 1 then session_id end)',
    'session_count': 'count(page_views)',
}) }},

final as (

    {{ kpi_rows('bounce_rate', 'standard', 'visits', 'bounced_count', 'session_count') }}

)

select * from final
