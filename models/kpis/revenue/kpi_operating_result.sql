{#-
    Costs are known from the month of the first one on: before, there is no result. A month without
    costs after that cost nothing.
-#}
with months as (

    select month_start

    from {{ ref('dim_period_months') }}

    where period_grain = 'month'

),

costs as (

    select
        cast({{ dbt.date_trunc('month', 'cost_date') }} as date) as month_start,
        cost_function,
        cost_amount

    from {{ ref('fct_costs') }}

),

cost_months as (

    select
        month_start,
        sum(
            case when cost_function in ('exceptional', 'financing') then 0 else cost_amount end
        ) as cost_amount

    from costs

    group by month_start

),

first_months as (

    select min(month_start) as first_month from cost_months

),

mrr_months as (

    select
        month_start,
        sum(mrr_amount) as mrr_amount

    from {{ ref('fct_mrr_months') }}

    group by month_start

),

-- Without any recurring revenue there is nothing to subtract costs from.
first_mrr_months as (

    select min(month_start) as first_mrr_month from mrr_months

),

known_months as (

    select months.month_start

    from months

    cross join first_months

    cross join first_mrr_months

    where
        months.month_start >= first_months.first_month
        and first_mrr_months.first_mrr_month is not null

),

results as (

    select
        known_months.month_start,
        coalesce(mrr_months.mrr_amount, 0) as mrr_amount,
        coalesce(mrr_months.mrr_amount, 0) - coalesce(cost_months.cost_amount, 0)
            as result_amount

    from known_months

    left join mrr_months
        on known_months.month_start = mrr_months.month_start

    left join cost_months
        on known_months.month_start = cost_months.month_start

),

{{ measured_by_period('result', 'results', 'month_start', {}, {}, {
    'mrr_amount': 'sum(mrr_amount)',
    'result_amount': 'sum(result_amount)',
}) }},

final as (

    {{ kpi_rows('operating_result', 'amount', 'result', 'result_amount') }}

    union all

    {{ kpi_rows('operating_result', 'margin', 'result', 'result_amount', 'mrr_amount') }}

)

select * from final
