with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'lead_to_mql_rate', 'cohort', 'contacts', 'lead_to_mql_count', 'lead_count',
        conversion='lead_to_mql'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_mql_rate', 'cohort_90_days', 'contacts',
        'lead_to_mql_in_horizon_count', 'lead_count', horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows('lead_to_mql_rate', 'period', 'contacts', 'mql_count', 'lead_count') }}

    union all

    {{ kpi_rows(
        'lead_to_mql_rate', 'strict', 'contacts',
        'strict_lead_to_mql_count', 'strict_lead_count', conversion='strict_lead_to_mql'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_mql_rate', 'strict_90_days', 'contacts',
        'strict_lead_to_mql_in_horizon_count', 'strict_lead_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_mql_rate', 'strict_period', 'contacts',
        'strict_lead_to_mql_entry_count', 'strict_lead_count'
    ) }}

)

select * from final
