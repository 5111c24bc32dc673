with mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

operating_costs as (

    select *

    from {{ ref('fct_costs') }}

    where cost_function not in ('exceptional', 'financing')

),

{{ known_cost_periods('known') }},

{{ measured_by_period('earned', 'mrr_months', 'month_start', {}, {
    'mrr_amount': 'sum(mrr_amount)',
}) }},

{{ measured_by_period('spent', 'operating_costs', 'cost_date', {}, {
    'cost_amount': 'sum(cost_amount)',
}) }},

-- The months of a period are added, on both sides. Without any recurring revenue there is
-- nothing to take costs from, and without costs nobody knows what is left.
result as (

    select
        earned.period_grain,
        earned.period_start,
        earned.period_end,
        earned.reporting_date,
        earned.dimension,
        earned.segment,
        case when known.are_books_known then earned.mrr_amount end as mrr_amount,
        case when known.are_books_known then earned.mrr_amount - spent.cost_amount end
            as result_amount

    from earned

    inner join spent
        on {{ same_segment('earned', 'spent') }}

    inner join known
        on
            earned.period_grain = known.period_grain
            and earned.period_start = known.period_start

),

final as (

    {{ kpi_rows('operating_result', 'amount', 'result', 'result_amount') }}

    union all

    {{ kpi_rows('operating_result', 'margin', 'result', 'result_amount', 'mrr_amount') }}

)

select * from final
