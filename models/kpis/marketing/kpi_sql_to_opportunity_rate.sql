with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'sql_to_opportunity_rate', 'cohort', 'contacts', 'sql_to_opportunity_count', 'sql_count',
        conversion='sql_to_opportunity'
    ) }}

    union all

    {{ kpi_rows(
        'sql_to_opportunity_rate', 'cohort_90_days', 'contacts',
        'sql_to_opportunity_in_horizon_count', 'sql_count', horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'sql_to_opportunity_rate', 'period', 'contacts', 'opportunity_count', 'sql_count'
    ) }}

    union all

    {{ kpi_rows(
        'sql_to_opportunity_rate', 'strict', 'contacts',
        'strict_sql_to_opportunity_count', 'strict_sql_count',
        conversion='strict_sql_to_opportunity'
    ) }}

    union all

    {{ kpi_rows(
        'sql_to_opportunity_rate', 'strict_90_days', 'contacts',
        'strict_sql_to_opportunity_in_horizon_count', 'strict_sql_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'sql_to_opportunity_rate', 'strict_period', 'contacts',
        'strict_sql_to_opportunity_entry_count', 'strict_sql_count'
    ) }}

)

select * from final
