with sessions as (

    select * from {{ ref('agg_web_sessions') }}

),

final as (

    {{ kpi_rows('page_views', 'standard', 'sessions', 'page_view_count') }}

)

select * from final
