with sessions as (

    select * from {{ ref('agg_web_sessions') }}

),

final as (

    {{ kpi_rows(
        'average_session_duration', 'standard', 'sessions',
        'duration_seconds', 'timed_session_count'
    ) }}

)

select * from final
