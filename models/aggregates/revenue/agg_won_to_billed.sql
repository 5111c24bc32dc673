with won_to_billed as (

    select
        deal_id,
        days_to_first_invoice,
        is_not_yet_invoiced

    from {{ ref('fct_won_to_billed') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

waits as (

    select
        deals.*,
        won_to_billed.days_to_first_invoice,
        won_to_billed.is_not_yet_invoiced

    from deals

    inner join won_to_billed
        on deals.deal_id = won_to_billed.deal_id

),

{{ aggregated('waits', cuts_of('deal_cuts'), {
    'won': {
        'by': 'closed_date',
        'needs': ['invoices'],
        'counts': {
            'invoiced_count': 'count(days_to_first_invoice)',
            'not_yet_invoiced_count': 'count(case when is_not_yet_invoiced then deal_id end)',
        },
        'sums': {
            'days_to_first_invoice': 'sum(days_to_first_invoice)',
        },
        'statistics': {
            'median_days_to_first_invoice':
                'percentile_cont(0.5) within group (order by days_to_first_invoice)',
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_deals']) }}

select * from final
