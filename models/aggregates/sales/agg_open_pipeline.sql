-- As known and as seen have the same segments, so that they can be set side by side.
with pipeline_balances as (

    select * from {{ ref('fct_pipeline_balances') }}

),

known_balances as (

    select * from pipeline_balances where pipeline_basis = 'as_known'

),

seen_balances as (

    select * from pipeline_balances where pipeline_basis = 'as_seen'

),

{{ aggregated('pipeline_balances', cuts_of('pipeline_cuts'), {
    'open_deals': {
        'by': 'piece_start',
        'parts': 'last',
        'needs': ['known_balances'],
        'amounts': {
            'open_amount': ('deal_amount', "pipeline_basis = 'as_known'"),
            'weighted_amount': ('weighted_amount', "pipeline_basis = 'as_known'"),
        },
    },
    'seen_deals': {
        'by': 'piece_start',
        'parts': 'last',
        'needs': ['seen_balances'],
        'amounts': {
            'open_as_seen_amount': ('deal_amount', "pipeline_basis = 'as_seen'"),
            'weighted_as_seen_amount': ('weighted_amount', "pipeline_basis = 'as_seen'"),
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_pipeline_balances']) }}

select * from final
