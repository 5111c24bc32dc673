with sessions as (

    select * from {{ ref('agg_web_sessions') }}

),

final as (

    {{ kpi_rows(
        'pages_per_session', 'standard', 'sessions', 'page_view_count', 'paged_session_count'
    ) }}

)

select * from final
