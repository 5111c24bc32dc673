with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'page_view_count': 'sum(page_views)',
}) }},

final as (

    {{ kpi_rows('page_views', 'standard', 'visits', 'page_view_count') }}

)

select * from final
