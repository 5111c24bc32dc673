with pipeline_balances as (

    select * from {{ ref('fct_pipeline_balances') }}

),

{{ aggregated('pipeline_balances', var('pipeline_cuts'), {
    'open_deals': {
        'by': 'piece_start',
        'parts': 'last',
        'amounts': {
            'open_amount': ('deal_amount', 'true'),
            'weighted_amount': ('weighted_amount', 'true'),
        },
    },
}, has_weeks=true) }}

select * from final
