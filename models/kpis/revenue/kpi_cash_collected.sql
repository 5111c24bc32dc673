with payments as (

    select * from {{ ref('agg_invoice_payments') }}

),

final as (

    {{ kpi_rows('cash_collected', 'incl_tax', 'payments', 'collected_total_amount') }}

    union all

    {{ kpi_rows('cash_collected', 'excl_tax', 'payments', 'collected_amount') }}

)

select * from final
