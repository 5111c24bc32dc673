with line_months as (

    select * from {{ ref('fct_invoice_line_months') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

-- In months that the books do not cover, a margin would be revenue without its costs.
coverage as (

    select * from {{ ref('fct_cost_coverage') }}

),

revenue_by_month as (

    select
        month_start,
        sum(recognised_amount) as revenue_amount

    from line_months

    group by month_start

),

costs_by_month as (

    select
        cast({{ dbt.date_trunc('month', 'cost_date') }} as date) as month_start,
        sum(case when cost_function = 'cost_of_revenue' then cost_amount else 0 end)
            as cost_of_revenue_amount

    from costs

    group by cast({{ dbt.date_trunc('month', 'cost_date') }} as date)

),

monthly as (

    select
        coverage.month_start,
        coverage.are_books_known,
        coalesce(revenue_by_month.revenue_amount, 0) as revenue_amount,
        case
            when coverage.are_books_known then coalesce(costs_by_month.cost_of_revenue_amount, 0)
        end as cost_of_revenue_amount

    from coverage

    left join revenue_by_month
        on coverage.month_start = revenue_by_month.month_start

    left join costs_by_month
        on coverage.month_start = costs_by_month.month_start

),

summed as (

    select
        *,
        sum(case when are_books_known then revenue_amount end) over (
            order by month_start asc rows between 11 preceding and current row
        ) as revenue_12_months_amount,
        sum(cost_of_revenue_amount) over (
            order by month_start asc rows between 11 preceding and current row
        ) as cost_12_months_amount,
        sum(case when are_books_known then revenue_amount end) over (
            order by month_start asc rows between unbounded preceding and current row
        ) as revenue_to_date_amount,
        sum(cost_of_revenue_amount) over (
            order by month_start asc rows between unbounded preceding and current row
        ) as cost_to_date_amount

    from monthly

),

final as (

    select
        month_start,
        cast(revenue_amount as decimal(28, 8)) as revenue_amount,
        cast(cost_of_revenue_amount as decimal(28, 8)) as cost_of_revenue_amount,
        are_books_known,
        case
            when revenue_12_months_amount > 0
                then {{ ratio(
                    'revenue_12_months_amount - cost_12_months_amount', 'revenue_12_months_amount'
                ) }}
        end as gross_margin_rate_12_months,
        case
            when revenue_to_date_amount > 0
                then {{ ratio(
                    'revenue_to_date_amount - cost_to_date_amount', 'revenue_to_date_amount'
                ) }}
        end as gross_margin_rate_to_date

    from summed

)

select * from final
