with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'lead_to_customer_rate', 'cohort', 'contacts', 'lead_to_customer_count', 'lead_count',
        conversion='lead_to_customer'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_customer_rate', 'cohort_90_days', 'contacts',
        'lead_to_customer_in_horizon_count', 'lead_count', horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows('lead_to_customer_rate', 'period', 'contacts', 'customer_count', 'lead_count') }}

    union all

    {{ kpi_rows(
        'lead_to_customer_rate', 'strict', 'contacts',
        'strict_lead_to_customer_count', 'strict_lead_count', conversion='strict_lead_to_customer'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_customer_rate', 'strict_90_days', 'contacts',
        'strict_lead_to_customer_in_horizon_count', 'strict_lead_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_customer_rate', 'strict_period', 'contacts',
        'strict_lead_to_customer_entry_count', 'strict_lead_count'
    ) }}

)

select * from final
