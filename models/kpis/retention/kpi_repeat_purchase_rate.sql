with purchases as (

    select * from {{ ref('fct_invoices') }} where is_purchase

),

{{ measured_by_period('invoiced', 'purchases', 'issued_date', var('invoice_cuts'), {
    'customer_count': 'count(distinct customer_id)',
    'repeat_count': 'count(distinct case when first_purchase_date < period_months.period_start '
        ~ 'then customer_id end)',
}) }},

final as (

    {{ kpi_rows(
        'repeat_purchase_rate', 'standard', 'invoiced', 'repeat_count', 'customer_count'
    ) }}

)

select * from final
