with costs as (

    select * from {{ ref('agg_marketing_costs') }}

),

credits as (

    select * from {{ ref('agg_deal_credits') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

-- It is known for all segments or for none, segments without credits included.
tracing as (

    select
        period_grain,
        period_start,
        is_traced

    from {{ uncut(ref('agg_deal_credits')) }}

    where dimension = 'all'

),

{{ measured_together(
    'measured', 'costs', ['direct_amount', 'shared_amount'],
    'credits', [
        'first_touch_count', 'last_touch_count', 'linear_count',
        'first_touch_amount', 'last_touch_amount', 'linear_amount',
    ]
) }},

-- Salaries, agencies and tools belong to no channel: each channel bears them by its own costs.
{{ spread_shared('loaded', 'measured', {
    'full_amount': {
        'direct': 'direct_amount',
        'shared': 'shared_amount',
        'weight': 'direct_amount',
    },
}) }},

-- If marketing touched no won deal, the return is 0. If no such deal has an amount, it is unknown.
returned as (

    select
        loaded.*,
        case when coverage.are_books_known then loaded.full_amount end as spend_amount,
        case
            when not tracing.is_traced then 'no_source'
            when not coverage.are_books_known then coverage.books_null_reason
            when loaded.full_amount < 0 then 'too_few'
        end as null_reason,
        case
            when not tracing.is_traced then null
            when loaded.first_touch_count > 0 then loaded.first_touch_amount
            else 0
        end as first_touch_returned_amount,
        case
            when not tracing.is_traced then null
            when loaded.last_touch_count > 0 then loaded.last_touch_amount
            else 0
        end as last_touch_returned_amount,
        case
            when not tracing.is_traced then null
            when loaded.linear_count > 0 then loaded.linear_amount
            else 0
        end as linear_returned_amount

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

    inner join tracing
        on
            loaded.period_grain = tracing.period_grain
            and loaded.period_start = tracing.period_start

),

-- Refunded costs have no return.
gained as (

    select
        *,
        case when spend_amount > 0 then spend_amount end as invested_amount,
        first_touch_returned_amount - spend_amount as first_touch_gain,
        last_touch_returned_amount - spend_amount as last_touch_gain,
        linear_returned_amount - spend_amount as linear_gain

    from returned

),

final as (

    {{ kpi_rows(
        'marketing_roi', 'first_touch', 'gained', 'first_touch_gain', 'spend_amount',
        value=ratio('first_touch_gain', 'invested_amount'),
        null_reason='null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'marketing_roi', 'last_touch', 'gained', 'last_touch_gain', 'spend_amount',
        value=ratio('last_touch_gain', 'invested_amount'),
        null_reason='null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'marketing_roi', 'linear', 'gained', 'linear_gain', 'spend_amount',
        value=ratio('linear_gain', 'invested_amount'),
        null_reason='null_reason'
    ) }}

)

select * from final
