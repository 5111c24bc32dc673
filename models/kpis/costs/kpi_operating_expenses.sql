with costs as (

    select * from {{ ref('agg_operating_costs') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

known as (

    select
        costs.*,
        case when coverage.are_books_known then costs.operating_amount end
            as known_operating_amount,
        coverage.books_null_reason

    from costs

    inner join coverage
        on
            costs.period_grain = coverage.period_grain
            and costs.period_start = coverage.period_start

),

final as (

    {{ kpi_rows(
        'operating_expenses', 'standard', 'known', 'known_operating_amount',
        null_reason='books_null_reason'
    ) }}

)

select * from final
