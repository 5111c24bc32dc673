with visitors as (

    select * from {{ ref('agg_visitors') }}

),

touches as (

    select * from {{ ref('agg_touches') }}

),

contacts as (

    select * from {{ ref('agg_visited_contacts') }}

),

{{ measured_together('period', 'touches', ['visitor_count'], 'contacts', ['customer_count']) }},

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'visitor_to_customer_rate', 'period', 'period', 'customer_count', 'visitor_count'
    ) }}

    union all

    {{ kpi_rows(
        'visitor_to_customer_rate', 'cohort', 'visitors',
        'visitor_to_customer_count', 'visitor_count', conversion='visitor_to_customer'
    ) }}

    union all

    {{ kpi_rows(
        'visitor_to_customer_rate', 'cohort_90_days', 'visitors',
        'visitor_to_customer_in_horizon_count', 'visitor_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

)

select * from final
