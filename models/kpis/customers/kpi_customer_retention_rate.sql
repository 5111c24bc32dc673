with at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

in_period as (

    select * from {{ ref('agg_customers_in_period') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'customer_retention_rate', 'standard', 'at_start', 'kept_count', 'customer_count',
        null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'customer_retention_rate', 'remaining', 'in_period', 'customer_count - lost_count',
        'customer_count'
    ) }}

)

select * from final
