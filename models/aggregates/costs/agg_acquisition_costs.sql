with costs as (

    select * from {{ ref('fct_costs') }} where cost_function in ('marketing', 'sales')

),

{{ aggregated('costs', var('spend_cuts'), {
    'spent': {
        'by': 'cost_date',
        'sums': {
            'direct_amount': 'sum(case when not is_shared then cost_amount end)',
            'shared_amount': 'sum(case when is_shared then cost_amount end)',
        },
    },
}, record=['cost', 'cost_id', 'fct_costs']) }}

select * from final
