with costs as (

    select *

    from {{ ref('fct_costs') }}

    where cost_function not in ('exceptional', 'financing')

),

{{ aggregated('costs', var('cost_cuts'), {
    'spent': {
        'by': 'cost_date',
        'sums': {
            'operating_amount': 'sum(cost_amount)',
        },
    },
}, record=['cost', 'cost_id', 'fct_costs']) }}

select * from final
