with mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

{{ aggregated('mrr_months', {}, {
    'earned': {
        'by': 'month_start',
        'sums': {
            'summed_mrr_amount': 'sum(mrr_amount)',
        },
    },
}) }}

select * from final
