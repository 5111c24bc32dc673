with operating_costs as (

    select *

    from {{ ref('fct_costs') }}

    where cost_function not in ('exceptional', 'financing')

),

{{ known_cost_periods('known') }},

{{ measured_by_period('spent', 'operating_costs', 'cost_date', var('cost_cuts'), {
    'cost_amount': 'sum(cost_amount)',
}) }},

told as (

    select
        spent.period_grain,
        spent.period_start,
        spent.period_end,
        spent.reporting_date,
        spent.dimension,
        spent.segment,
        case when known.are_books_known then spent.cost_amount end as cost_amount

    from spent

    inner join known
        on
            spent.period_grain = known.period_grain
            and spent.period_start = known.period_start

),

final as (

    {{ kpi_rows('operating_expenses', 'standard', 'told', 'cost_amount') }}

)

select * from final
