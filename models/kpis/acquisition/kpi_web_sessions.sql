with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'session_count': 'count(session_id)',
}) }},

final as (

    {{ kpi_rows('web_sessions', 'standard', 'visits', 'session_count') }}

)

select * from final
