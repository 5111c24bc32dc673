-- It is unknown whether a deal in a stage of no pipeline is open.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

-- Open as in the pipeline, and in the segments of the deals' outcomes too. A deal that was open at
-- the end of no month is in no period, but its segments are known.
open_deals as (

    select
        deals.*,
        pipeline_months.month_start

    from deals

    left join pipeline_months
        on deals.deal_id = pipeline_months.deal_id

),

{{ aggregated('open_deals', var('deal_cuts'), {
    'pipeline': {
        'by': 'month_start',
        'months': 'last',
        'counts': {
            'open_deal_count': 'count(deal_id)',
        },
    },
}) }}

select * from final
