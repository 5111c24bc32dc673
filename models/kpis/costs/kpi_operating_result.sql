{{ config(meta={'has_given_cuts': false}) }}

-- The books know no customers, and subscriptions know no costs: there is only the total.
with mrr_months as (

    select * from {{ ref('agg_mrr_months') }} where dimension = 'all'

),

costs as (

    select * from {{ ref('agg_operating_costs') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

-- The months of a period are added, on both sides. Without recurring revenue there is nothing to
-- subtract costs from, and without costs the result is unknown.
result as (

    select
        mrr_months.period_grain,
        mrr_months.period_start,
        mrr_months.period_end,
        mrr_months.reporting_date,
        mrr_months.dimension,
        mrr_months.segment,
        case when coverage.are_books_known then mrr_months.summed_mrr_amount end as mrr_amount,
        case
            when coverage.are_books_known
                then mrr_months.summed_mrr_amount - costs.operating_amount
        end as result_amount,
        case
            when mrr_months.summed_mrr_amount is not null then coverage.books_null_reason
        end as books_null_reason

    from mrr_months

    inner join costs
        on {{ same_segment('mrr_months', 'costs') }}

    inner join coverage
        on
            mrr_months.period_grain = coverage.period_grain
            and mrr_months.period_start = coverage.period_start

),

final as (

    {{ kpi_rows(
        'operating_result', 'amount', 'result', 'result_amount', null_reason='books_null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'operating_result', 'margin', 'result', 'result_amount', 'mrr_amount',
        null_reason='books_null_reason'
    ) }}

)

select * from final
