{{ config(meta={'has_given_cuts': false}) }}

-- Most of what sales and marketing cost belongs to no segment: there is only the total.
with changes as (

    select * from {{ ref('agg_mrr_changes') }} where dimension = 'all'

),

costs as (

    select * from {{ ref('agg_cac_costs') }} where dimension = 'all'

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

{{ first_balance() }},

-- Customers of the first balance were won before it, nobody knows when.
sold as (

    select
        *,
        case when new_amount is null then 'no_source' else {{ not_yet_at_start() }} end
            as null_reason

    from changes

),

spent as (

    select
        costs.period_grain,
        costs.period_start,
        case
            when coverage.are_lagged_books_known then costs.direct_amount + costs.shared_amount
        end as cost_amount,
        coverage.lagged_books_null_reason as null_reason

    from costs

    inner join coverage
        on
            costs.period_grain = coverage.period_grain
            and costs.period_start = coverage.period_start

),

side_by_side as (

    select
        sold.period_grain,
        sold.period_start,
        sold.period_end,
        sold.reporting_date,
        sold.dimension,
        sold.segment,
        spent.cost_amount,
        case when sold.null_reason is null then 12 * sold.new_amount end as new_arr_amount,
        case when sold.null_reason is null then 12 * (sold.new_amount + sold.expansion_amount) end
            as sold_arr_amount,
        coalesce(
            {{ why_either('sold', 'spent') }},
            case when spent.cost_amount <= 0 then 'too_few' end
        ) as null_reason

    from sold

    inner join spent
        on
            sold.period_grain = spent.period_grain
            and sold.period_start = spent.period_start

),

final as (

    {{ kpi_rows(
        'cac_ratio', 'new_customers', 'side_by_side', 'cost_amount', 'new_arr_amount',
        value=price('cost_amount', 'new_arr_amount'), null_reason='null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'cac_ratio', 'new_and_expansion', 'side_by_side', 'cost_amount', 'sold_arr_amount',
        value=price('cost_amount', 'sold_arr_amount'), null_reason='null_reason'
    ) }}

)

select * from final
