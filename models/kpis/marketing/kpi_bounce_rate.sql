with sessions as (

    select * from {{ ref('agg_web_sessions') }}

),

final as (

    {{ kpi_rows(
        'bounce_rate', 'standard', 'sessions', 'bounced_session_count', 'paged_session_count'
    ) }}

)

select * from final
