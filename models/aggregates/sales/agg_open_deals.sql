-- It is unknown whether a deal in a stage of no pipeline is open.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

pipeline_balances as (

    select * from {{ ref('fct_pipeline_balances') }} where pipeline_basis = 'as_known'

),

-- Open as in the pipeline, and in the segments of the deals' outcomes too. A deal that was open at
-- the end of no week or month is in no period, but its segments are known.
open_deals as (

    select
        deals.*,
        pipeline_balances.piece_start

    from deals

    left join pipeline_balances
        on deals.deal_id = pipeline_balances.deal_id

),

{{ aggregated('open_deals', cuts_of('deal_cuts'), {
    'pipeline': {
        'by': 'piece_start',
        'parts': 'last',
        'counts': {
            'open_deal_count': 'count(deal_id)',
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_deals']) }}

select * from final
