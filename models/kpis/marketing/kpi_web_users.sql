with sessions as (

    select * from {{ ref('agg_web_sessions') }}

),

final as (

    {{ kpi_rows('web_users', 'standard', 'sessions', 'visitor_count') }}

)

select * from final
