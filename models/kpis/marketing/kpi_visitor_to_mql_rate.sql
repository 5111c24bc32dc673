with visitors as (

    select * from {{ ref('agg_visitors') }}

),

touches as (

    select * from {{ ref('agg_touches') }}

),

contacts as (

    select * from {{ ref('agg_visited_contacts') }}

),

{{ measured_together('period', 'touches', ['visitor_count'], 'contacts', ['mql_count']) }},

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows('visitor_to_mql_rate', 'period', 'period', 'mql_count', 'visitor_count') }}

    union all

    {{ kpi_rows(
        'visitor_to_mql_rate', 'cohort', 'visitors', 'visitor_to_mql_count', 'visitor_count',
        conversion='visitor_to_mql'
    ) }}

    union all

    {{ kpi_rows(
        'visitor_to_mql_rate', 'cohort_90_days', 'visitors',
        'visitor_to_mql_in_horizon_count', 'visitor_count', horizon_days=var('cohort_horizon_days')
    ) }}

)

select * from final
