with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'mql_to_sql_rate', 'cohort', 'contacts', 'mql_to_sql_count', 'mql_count',
        conversion='mql_to_sql'
    ) }}

    union all

    {{ kpi_rows(
        'mql_to_sql_rate', 'cohort_90_days', 'contacts',
        'mql_to_sql_in_horizon_count', 'mql_count', horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows('mql_to_sql_rate', 'period', 'contacts', 'sql_count', 'mql_count') }}

    union all

    {{ kpi_rows(
        'mql_to_sql_rate', 'strict', 'contacts',
        'strict_mql_to_sql_count', 'strict_mql_count', conversion='strict_mql_to_sql'
    ) }}

    union all

    {{ kpi_rows(
        'mql_to_sql_rate', 'strict_90_days', 'contacts',
        'strict_mql_to_sql_in_horizon_count', 'strict_mql_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'mql_to_sql_rate', 'strict_period', 'contacts',
        'strict_mql_to_sql_entry_count', 'strict_mql_count'
    ) }}

)

select * from final
