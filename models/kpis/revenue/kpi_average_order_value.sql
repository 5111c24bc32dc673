with invoices as (

    select * from {{ ref('agg_invoices') }}

),

final as (

    {{ kpi_rows(
        'average_order_value', 'standard', 'invoices', 'revenue_amount', 'purchase_count'
    ) }}

)

select * from final
