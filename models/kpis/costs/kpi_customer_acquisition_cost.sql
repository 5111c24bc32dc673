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

known as (

    select
        loaded.*,
        case when coverage.are_lagged_books_known then loaded.full_amount end
            as known_full_amount,
        case when coverage.are_lagged_books_known then loaded.marketing_amount end
            as known_marketing_amount,
        case when coverage.is_lagged_media_known then loaded.media_amount end
            as known_media_amount,
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

),

final as (

    {{ kpi_rows(
        'customer_acquisition_cost', 'fully_loaded', 'known', 'known_full_amount',
        'customer_count', value=price('known_full_amount', 'customer_count'),
        null_reason=why_no_price('known_full_amount', 'customer_count', 'lagged_books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'customer_acquisition_cost', 'marketing', 'known', 'known_marketing_amount',
        'marketing_customer_count',
        value=price('known_marketing_amount', 'marketing_customer_count'),
        null_reason='coalesce(tracing_null_reason, ' ~ why_no_price(
            'known_marketing_amount', 'marketing_customer_count', 'lagged_books_null_reason'
        ) ~ ')'
    ) }}

    union all

    {{ kpi_rows(
        'customer_acquisition_cost', 'media_only', 'known', 'known_media_amount',
        'customer_count', value=price('known_media_amount', 'customer_count'),
        null_reason=why_no_price('known_media_amount', 'customer_count', 'lagged_media_null_reason')
    ) }}

)

select * from final
