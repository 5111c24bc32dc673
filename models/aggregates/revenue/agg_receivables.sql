with receivable_months as (

    select * from {{ ref('fct_receivable_months') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

-- Without any day of payment nobody knows what was owed when.
payments as (

    select * from invoices where paid_date is not null

),

due_days as (

    select * from invoices where due_date is not null

),

{{ aggregated('receivable_months', cuts_of('customer_cuts'), {
    'balances': {
        'by': 'month_start',
        'parts': 'last',
        'needs': ['payments'],
        'sums': {
            'receivable_amount': 'sum(receivable_amount)',
        },
        'amounts': {
            'receivable_total_amount': ('receivable_total_amount', 'is_open'),
            'open_invoice_total_amount':
                ('receivable_total_amount', 'is_open and receivable_amount > 0'),
        },
    },
    'overdue': {
        'by': 'month_start',
        'parts': 'last',
        'needs': ['payments', 'due_days'],
        'sums': {
            'overdue_amount': 'sum(case when is_overdue then receivable_amount else 0 end)',
        },
        'amounts': {
            'overdue_total_amount': ('receivable_total_amount', 'is_overdue'),
        },
    },
}, record=['invoice', 'invoice_id', 'fct_receivable_months']) }}

select * from final
