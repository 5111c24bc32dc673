with at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'customer_retention_rate', 'standard', 'at_start', 'kept_count', 'customer_count',
        null_reason=not_yet_at_start()
    ) }}

)

select * from final
