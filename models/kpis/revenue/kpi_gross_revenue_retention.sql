-- As net revenue retention, but each customer counts with at most the amount that it paid at the
-- start.
with a_year_ago as (

    select * from {{ ref('agg_customers_a_year_ago') }}

),

at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'gross_revenue_retention', 'trailing_12_months', 'a_year_ago',
        'capped_end_constant_mrr_amount', 'start_constant_mrr_amount',
        null_reason=not_yet_a_year_ago()
    ) }}

    union all

    {{ kpi_rows(
        'gross_revenue_retention', 'period', 'at_start', 'capped_end_constant_mrr_amount',
        'start_constant_mrr_amount', null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'gross_revenue_retention', 'trailing_12_months_market', 'a_year_ago',
        'capped_end_mrr_amount', 'start_mrr_amount', null_reason=not_yet_a_year_ago()
    ) }}

    union all

    {{ kpi_rows(
        'gross_revenue_retention', 'period_market', 'at_start', 'capped_end_mrr_amount',
        'start_mrr_amount', null_reason=not_yet_at_start()
    ) }}

)

select * from final
