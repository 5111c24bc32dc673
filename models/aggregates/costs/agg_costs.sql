with costs as (

    select * from {{ ref('fct_costs') }}

),

{{ aggregated('costs', var('spend_cuts'), {
    'spent': {
        'by': 'cost_date',
        'sums': {
            'total_amount': 'sum(cost_amount)',
            'marketing_amount': "sum(case when cost_function = 'marketing' then cost_amount end)",
            'media_amount': 'sum(case when is_media then cost_amount end)',
        },
    },
}, record=['cost', 'cost_id', 'fct_costs']) }}

select * from final
