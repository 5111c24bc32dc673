with visitors as (

    select * from {{ ref('agg_visitors') }}

),

touches as (

    select * from {{ ref('agg_touches') }}

),

{{ measured_together(
    'period', 'touches', ['visitor_count'], 'visitors', ['visitor_to_customer_entry_count']
) }},

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'visitor_to_customer_rate', 'period', 'period',
        'visitor_to_customer_entry_count', 'visitor_count'
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
