with in_period as (

    select * from {{ ref('agg_customers_in_period') }}

),

at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'customer_churn_rate', 'active_in_period', 'in_period', 'lost_count', 'customer_count'
    ) }}

    union all

    {{ kpi_rows(
        'customer_churn_rate', 'active_at_start', 'at_start', 'lost_count', 'customer_count',
        null_reason=not_yet_at_start()
    ) }}

)

select * from final
