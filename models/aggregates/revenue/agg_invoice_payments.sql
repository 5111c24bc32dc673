with reporting as (

    select max(reporting_date) as reporting_date

    from {{ ref('dim_periods') }}

),

-- A payment announced for a day after the report has not come in.
invoices as (

    select
        invoices.*,
        case when invoices.paid_date <= reporting.reporting_date then invoices.paid_date end
            as collected_date

    from {{ ref('fct_invoices') }} as invoices

    cross join reporting

),

payments as (

    select * from invoices where collected_date is not null

),

{{ aggregated('invoices', cuts_of('customer_cuts'), {
    'collected': {
        'by': 'collected_date',
        'needs': ['payments'],
        'sums': {
            'collected_amount': 'sum(invoice_amount)',
        },
        'amounts': {
            'collected_total_amount': ('total_amount', 'true'),
        },
    },
    'issued': {
        'by': 'issued_date',
        'sums': {
            'billed_amount': 'sum(invoice_amount)',
        },
        'amounts': {
            'billed_total_amount': ('total_amount', 'true'),
        },
    },
}, record=['invoice', 'invoice_id', 'fct_invoices']) }}

select * from final
