with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'visitor_count': 'count(visitor_id)',
}, once=['visitor_id']) }},

final as (

    {{ kpi_rows('web_users', 'standard', 'visits', 'visitor_count') }}

)

select * from final
