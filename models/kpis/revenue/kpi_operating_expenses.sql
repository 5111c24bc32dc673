with operating_costs as (

    select *

    from {{ ref('fct_costs') }}

    where cost_function not in ('exceptional', 'financing')

),

{{ measured_by_period('spent', 'operating_costs', 'cost_date', var('cost_cuts'), {
    'cost_amount': 'sum(cost_amount)',
}) }},

final as (

    {{ kpi_rows('operating_expenses', 'standard', 'spent', 'cost_amount') }}

)

select * from final
