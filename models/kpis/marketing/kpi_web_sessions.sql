with sessions as (

    select * from {{ ref('agg_web_sessions') }}

),

final as (

    {{ kpi_rows('web_sessions', 'standard', 'sessions', 'session_count') }}

)

select * from final
