-- The customers of the start, with their revenue at the end; customers who came later do not count.
with a_year_ago as (

    select * from {{ ref('agg_customers_a_year_ago') }}

),

at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'net_revenue_retention', 'trailing_12_months', 'a_year_ago', 'end_constant_mrr_amount',
        'start_constant_mrr_amount', null_reason=not_yet_a_year_ago()
    ) }}

    union all

    {{ kpi_rows(
        'net_revenue_retention', 'period', 'at_start', 'end_constant_mrr_amount',
        'start_constant_mrr_amount', null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'net_revenue_retention', 'trailing_12_months_market', 'a_year_ago', 'end_mrr_amount',
        'start_mrr_amount', null_reason=not_yet_a_year_ago()
    ) }}

    union all

    {{ kpi_rows(
        'net_revenue_retention', 'period_market', 'at_start', 'end_mrr_amount',
        'start_mrr_amount', null_reason=not_yet_at_start()
    ) }}

)

select * from final
