with purchases as (

    select * from {{ ref('fct_invoices') }} where is_purchase

),

{{ aggregated('purchases', var('invoice_cuts'), {
    'purchased': {
        'by': 'issued_date',
        'counts': {
            'buyer_count': 'count(distinct customer_id)',
            'returning_buyer_count':
                'count(distinct case when first_purchase_date < period_months.period_start '
                ~ 'then customer_id end)',
        },
    },
}) }}

select * from final
