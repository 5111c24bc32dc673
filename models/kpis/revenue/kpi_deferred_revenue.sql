with line_months as (

    select * from {{ ref('agg_invoice_line_months') }}

),

final as (

    {{ kpi_rows('deferred_revenue', 'standard', 'line_months', 'deferred_amount') }}

)

select * from final
