with at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

final as (

    {{ kpi_rows(
        'customer_retention_rate', 'standard', 'at_start', 'kept_count', 'customer_count'
    ) }}

)

select * from final
