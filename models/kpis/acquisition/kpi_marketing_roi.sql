with costs as (

    select
        *,
        {{ is_shared_cost() }} as is_shared

    from {{ ref('fct_costs') }}

    where cost_function = 'marketing'

),

-- What no marketing touch is credited with, marketing did not bring.
credits as (

    select * from {{ ref('fct_deal_credits') }} where is_won and is_marketing

),

{{ known_cost_periods('known') }},

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'direct_amount': 'sum(case when is_shared then 0 else cost_amount end)',
    'shared_amount': 'sum(case when is_shared then cost_amount else 0 end)',
}) }},

{{ measured_by_period('attributed', 'credits', 'closed_date', var('spend_cuts'), {
    'first_touch_amount': 'sum(first_touch_amount)',
    'last_touch_amount': 'sum(last_touch_amount)',
    'linear_amount': 'sum(linear_amount)',
}) }},

{{ measured_together(
    'measured', 'spent', ['direct_amount', 'shared_amount'],
    'attributed', ['first_touch_amount', 'last_touch_amount', 'linear_amount']
) }},

-- Salaries, agencies and tools belong to no channel: each bears them by what it costs itself.
{{ spread_shared(
    'loaded', 'measured', 'direct_amount', 'shared_amount', 'direct_amount', 'spend_amount'
) }},

{{ listed('variants', 'variant', ['first_touch', 'last_touch', 'linear']) }},

-- Without any won deal that marketing touched, nothing came back; that is known.
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
            coalesce(
                case variants.variant
                    when 'first_touch' then loaded.first_touch_amount
                    when 'last_touch' then loaded.last_touch_amount
                    else loaded.linear_amount
                end, 0
            ) as {{ kpi_part_type() }}
        ) as attributed_amount

    from loaded

    inner join known
        on
            loaded.period_grain = known.period_grain
            and loaded.period_start = known.period_start

    cross join variants

),

final as (

    {{ kpi_rows(
        'marketing_roi', none, 'each', 'attributed_amount - spend_amount', 'spend_amount',
        value='case when spend_amount > 0 then '
            ~ ratio('attributed_amount - spend_amount', 'spend_amount') ~ ' end'
    ) }}

)

select * from final
