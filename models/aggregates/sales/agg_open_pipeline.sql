with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

{{ aggregated('pipeline_months', var('pipeline_cuts'), {
    'open_deals': {
        'by': 'month_start',
        'months': 'last',
        'amounts': {
            'open_amount': ('deal_amount', 'true'),
            'weighted_amount': ('weighted_amount', 'true'),
        },
    },
}) }}

select * from final
