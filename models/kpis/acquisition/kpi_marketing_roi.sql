with costs as (

    select * from {{ ref('fct_costs') }} where cost_function = 'marketing'

),

-- What no marketing touch is credited with, marketing did not bring.
credits as (

    select * from {{ ref('fct_deal_credits') }} where is_won and is_marketing

),

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'spend_amount': 'sum(cost_amount)',
}) }},

{{ measured_by_period('attributed', 'credits', 'closed_date', var('spend_cuts'), {
    'first_touch_amount': 'sum(first_touch_amount)',
    'last_touch_amount': 'sum(last_touch_amount)',
    'linear_amount': 'sum(linear_amount)',
}) }},

{{ measured_together(
    'measured', 'spent', ['spend_amount'],
    'attributed', ['first_touch_amount', 'last_touch_amount', 'linear_amount']
) }},

weighted as (

    select
        *,
        case when segment = '(none)' then 0 else spend_amount end as direct_spend_amount

    from measured

),

-- Salaries, agencies and tools belong to no channel: each bears them by what is spent on it
-- directly.
{{ spread_unassigned('loaded', 'weighted', 'spend_amount', 'direct_spend_amount') }},

variants as (

    select 'first_touch' as variant

    union all

    select 'last_touch' as variant

    union all

    select 'linear' as variant

),

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
        loaded.spread_spend_amount,
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

    cross join variants

),

final as (

    {{ kpi_rows(
        'marketing_roi', none, 'each', 'attributed_amount - spread_spend_amount',
        'spread_spend_amount'
    ) }}

)

select * from final
