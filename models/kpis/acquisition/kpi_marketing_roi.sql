with costs as (

    select
        *,
        {{ is_shared_cost() }} as is_shared

    from {{ ref('fct_costs') }}

    where cost_function = 'marketing'

),

all_credits as (

    select * from {{ ref('fct_deal_credits') }} where is_won is not null

),

-- What no marketing touch is credited with, marketing did not bring.
credits as (

    select * from all_credits where is_won and is_marketing

),

-- Where nobody knows through what any deal came, nobody knows what marketing brought.
tracing as (

    select count(*) > 0 as is_traced

    from all_credits

    where
        touch_id is not null
        or channel is not null

),

{{ known_cost_periods('known') }},

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'direct_amount': 'sum(case when is_shared then 0 else cost_amount end)',
    'shared_amount': 'sum(case when is_shared then cost_amount else 0 end)',
}) }},

{{ measured_by_period('attributed', 'credits', 'closed_date', var('spend_cuts'), {
    'first_touch_count': 'count(case when first_touch_credit > 0 then deal_id end)',
    'last_touch_count': 'count(case when last_touch_credit > 0 then deal_id end)',
    'linear_count': 'count(deal_id)',
}, amounts={
    'first_touch_amount': ('first_touch_amount', 'first_touch_credit > 0'),
    'last_touch_amount': ('last_touch_amount', 'last_touch_credit > 0'),
    'linear_amount': ('linear_amount', 'true'),
}) }},

{{ measured_together(
    'measured', 'spent', ['direct_amount', 'shared_amount'],
    'attributed', [
        'first_touch_count', 'last_touch_count', 'linear_count',
        'first_touch_amount', 'last_touch_amount', 'linear_amount',
    ]
) }},

-- Salaries, agencies and tools belong to no channel: each bears them by what it costs itself.
{{ spread_shared(
    'loaded', 'measured', 'direct_amount', 'shared_amount', 'direct_amount', 'spend_amount'
) }},

{{ listed('variants', 'variant', ['first_touch', 'last_touch', 'linear']) }},

-- Without any won deal that marketing touched, nothing came back; that is known. How much did if no
-- such deal has an amount is not.
each as (

    select
        variants.variant,
        loaded.period_grain,
        loaded.period_start,
        loaded.period_end,
        loaded.reporting_date,
        loaded.dimension,
        loaded.segment,
        case when known.are_books_known then loaded.spend_amount end as spend_amount,
        cast(
            case
                when not tracing.is_traced then null
                {%- for variant in ['first_touch', 'last_touch', 'linear'] %}
                when variants.variant = '{{ variant }}' and loaded.{{ variant }}_count > 0
                    then loaded.{{ variant }}_amount
                {%- endfor %}
                else 0
            end as {{ kpi_part_type() }}
        ) as attributed_amount

    from loaded

    inner join known
        on
            loaded.period_grain = known.period_grain
            and loaded.period_start = known.period_start

    cross join variants

    cross join tracing

),

final as (

    {{ kpi_rows(
        'marketing_roi', none, 'each', 'attributed_amount - spend_amount', 'spend_amount',
        value='case when spend_amount > 0 then '
            ~ ratio('attributed_amount - spend_amount', 'spend_amount') ~ ' end'
    ) }}

)

select * from final
