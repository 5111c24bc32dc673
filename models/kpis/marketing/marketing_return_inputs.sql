{#- A table: to spread costs at every query is slow. -#}
{{ config(materialized='table') }}

{%- set models = ['first_touch', 'last_touch', 'linear', 'time_decay', 'position_based'] -%}
{%- set credited = models + [
    'first_touch_of_spend', 'last_touch_of_spend', 'linear_of_spend', 'time_decay_of_spend',
    'position_based_of_spend',
] -%}
with costs_of_segments as (

    select * from {{ ref('agg_marketing_costs') }}

),

deal_credits as (

    select * from {{ ref('agg_deal_credits') }}

),

spend_credits as (

    select * from {{ ref('agg_spend_credits') }}

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

whole_costs as (

    select * from {{ uncut(ref('agg_marketing_costs')) }} where dimension = 'all'

),

{{ measured_together(
    'credits', 'deal_credits', [
        'first_touch_count', 'last_touch_count', 'linear_count',
        'time_decay_count', 'position_based_count',
        'first_touch_amount', 'last_touch_amount', 'linear_amount',
        'time_decay_amount', 'position_based_amount',
    ],
    'spend_credits', [
        'first_touch_of_spend_count', 'last_touch_of_spend_count', 'linear_of_spend_count',
        'time_decay_of_spend_count', 'position_based_of_spend_count',
        'first_touch_of_spend_amount', 'last_touch_of_spend_amount', 'linear_of_spend_amount',
        'time_decay_of_spend_amount', 'position_based_of_spend_amount',
    ]
) }},

-- A cut that splits the return alone has the whole cost against each of its segments.
costs as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        direct_amount,
        shared_amount

    from costs_of_segments
    {%- if cuts_of_credits_alone() %}

    union all

    select
        credits.period_grain,
        credits.period_start,
        credits.period_end,
        credits.reporting_date,
        credits.dimension,
        credits.segment,
        whole_costs.direct_amount + whole_costs.shared_amount as direct_amount,
        0 as shared_amount

    from credits

    inner join whole_costs
        on
            credits.period_grain = whole_costs.period_grain
            and credits.period_start = whole_costs.period_start

    where credits.dimension in ('{{ cuts_of_credits_alone() | join("', '") }}')
    {%- endif %}

),

{{ measured_together(
    'measured', 'costs', ['direct_amount', 'shared_amount'],
    'credits', [
        'first_touch_count', 'last_touch_count', 'linear_count',
        'time_decay_count', 'position_based_count',
        'first_touch_of_spend_count', 'last_touch_of_spend_count', 'linear_of_spend_count',
        'time_decay_of_spend_count', 'position_based_of_spend_count',
        'first_touch_amount', 'last_touch_amount', 'linear_amount',
        'time_decay_amount', 'position_based_amount',
        'first_touch_of_spend_amount', 'last_touch_of_spend_amount', 'linear_of_spend_amount',
        'time_decay_of_spend_amount', 'position_based_of_spend_amount',
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
        {%- for credit in credited %}
        case
            when not tracing.is_traced then null
            when loaded.{{ credit }}_count > 0 then loaded.{{ credit }}_amount
            else 0
        end as {{ credit }}_returned_amount,
        {%- endfor %}
        case when coverage.are_books_known then loaded.full_amount end as spend_amount,
        case
            when not tracing.is_traced then 'no_source'
            when not coverage.are_books_known then coverage.books_null_reason
            when loaded.full_amount < 0 then 'too_few'
        end as return_null_reason

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

final as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        spend_amount,
        {%- for credit in credited %}
        cast({{ credit }}_returned_amount - spend_amount as {{ kpi_part_type() }})
            as {{ credit }}_gain_amount,
        {%- endfor %}
        return_null_reason

    from returned

)

select * from final
