with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'duration_seconds': 'sum(duration_seconds)',
    'session_count': 'count(duration_seconds)',
}) }},

final as (

    {{ kpi_rows(
        'average_session_duration', 'standard', 'visits', 'duration_seconds', 'session_count'
    ) }}

)

select * from final
