with contract_months as (

    select * from {{ ref('fct_contract_months') }}

),

-- Without any deal that was won for a line nobody knows what is signed.
signed_lines as (

    select * from contract_months where signed_date is not null

),

{{ aggregated('contract_months', cuts_of('customer_cuts'), {
    'signed': {
        'by': 'month_start',
        'parts': 'last',
        'needs': ['signed_lines'],
        'sums': {
            'contracted_mrr_amount': 'sum(contracted_mrr_amount)',
            'not_started_mrr_amount': 'sum(not_started_mrr_amount)',
        },
    },
    'known': {
        'by': 'month_start',
        'parts': 'last',
        'sums': {
            'leaving_mrr_amount': 'sum(leaving_mrr_amount)',
            'remaining_amount': 'sum(remaining_amount)',
            'remaining_12_months_amount': 'sum(remaining_12_months_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_contract_months']) }}

select * from final
