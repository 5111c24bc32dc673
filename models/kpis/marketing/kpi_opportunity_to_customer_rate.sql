with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'opportunity_to_customer_rate', 'cohort', 'contacts',
        'opportunity_to_customer_count', 'opportunity_count', conversion='opportunity_to_customer'
    ) }}

    union all

    {{ kpi_rows(
        'opportunity_to_customer_rate', 'cohort_90_days', 'contacts',
        'opportunity_to_customer_in_horizon_count', 'opportunity_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'opportunity_to_customer_rate', 'period', 'contacts', 'customer_count', 'opportunity_count'
    ) }}

    union all

    {{ kpi_rows(
        'opportunity_to_customer_rate', 'strict', 'contacts',
        'strict_opportunity_to_customer_count', 'strict_opportunity_count',
        conversion='strict_opportunity_to_customer'
    ) }}

    union all

    {{ kpi_rows(
        'opportunity_to_customer_rate', 'strict_90_days', 'contacts',
        'strict_opportunity_to_customer_in_horizon_count', 'strict_opportunity_count',
        horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'opportunity_to_customer_rate', 'strict_period', 'contacts',
        'strict_opportunity_to_customer_entry_count', 'strict_opportunity_count'
    ) }}

)

select * from final
