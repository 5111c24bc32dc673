{#- A table: the KPIs of acquisition cost and of what a customer is worth beside it read it. -#}
{{ config(materialized='table') }}

with costs as (

    select * from {{ ref('agg_cac_costs') }}

),

new_customers as (

    select * from {{ ref('agg_new_customers') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

{{ measured_together(
    'measured', 'costs', [
        'direct_amount', 'shared_amount', 'marketing_direct_amount', 'marketing_shared_amount',
        'media_amount',
    ],
    'new_customers', ['customer_count', 'marketing_customer_count']
) }},

-- Salaries and tools belong to no channel: every customer bears the same share of them.
{{ spread_shared('loaded', 'measured', {
    'full_amount': {
        'direct': 'direct_amount',
        'shared': 'shared_amount',
        'weight': 'customer_count',
    },
    'marketing_amount': {
        'direct': 'marketing_direct_amount',
        'shared': 'marketing_shared_amount',
        'weight': 'marketing_customer_count',
    },
}) }},

final as (

    select
        loaded.period_grain,
        loaded.period_start,
        loaded.period_end,
        loaded.reporting_date,
        loaded.dimension,
        loaded.segment,
        loaded.customer_count,
        loaded.marketing_customer_count,
        case when coverage.are_lagged_books_known then loaded.full_amount end as full_amount,
        case when coverage.are_lagged_books_known then loaded.marketing_amount end
            as marketing_amount,
        case when coverage.is_lagged_media_known then loaded.media_amount end as media_amount,
        coverage.lagged_books_null_reason,
        coverage.lagged_media_null_reason,
        case
            when
                (
                    select max(case when new_customers.is_traced then 1 else 0 end)
                    from new_customers
                ) = 0
                then 'no_source'
        end as tracing_null_reason

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

)

select * from final
