{%- set cuts = {'channel': 'channel'} -%}
with costs as (

    select
        *,
        cost_function = 'marketing' as is_marketing,
        {{ is_shared_cost() }} as is_shared,
        -- What was spent now may win customers some months later.
        cast({{ dbt.dateadd('month', var('cac_lag_months'), 'cost_date') }} as date) as effect_date

    from {{ ref('fct_costs') }}

    where cost_function in ('marketing', 'sales')

),

deals as (

    select * from {{ ref('fct_deals') }}

),

credits as (

    select * from {{ ref('fct_deal_credits') }}

),

new_customers as (

    select
        deals.deal_id,
        deals.closed_date,
        deals.channel,
        case when credits.is_marketing then deals.deal_id end as marketing_deal_id

    from deals

    left join credits
        on
            deals.deal_id = credits.deal_id
            and credits.touch_number = 1

    where deals.is_first_won_deal

),

{{ known_cost_periods('known', lag_months=var('cac_lag_months')) }},

{{ measured_by_period('spent', 'costs', 'effect_date', cuts, {
    'direct_amount': 'sum(case when is_shared then 0 else cost_amount end)',
    'shared_amount': 'sum(case when is_shared then cost_amount else 0 end)',
    'marketing_direct_amount':
        'sum(case when is_marketing and not is_shared then cost_amount else 0 end)',
    'marketing_shared_amount':
        'sum(case when is_marketing and is_shared then cost_amount else 0 end)',
    'media_amount': 'sum(case when is_media then cost_amount else 0 end)',
}) }},

{{ measured_by_period('won', 'new_customers', 'closed_date', cuts, {
    'customer_count': 'count(deal_id)',
    'marketing_customer_count': 'count(marketing_deal_id)',
}) }},

{{ measured_together(
    'measured', 'spent', [
        'direct_amount', 'shared_amount', 'marketing_direct_amount', 'marketing_shared_amount',
        'media_amount',
    ], 'won', ['customer_count', 'marketing_customer_count']
) }},

-- Salaries and tools belong to no channel: every customer bears the same share of them.
{{ spread_shared(
    'loaded', 'measured', 'direct_amount', 'shared_amount', 'customer_count',
    'fully_loaded_amount'
) }},

{{ spread_shared(
    'marketed', 'loaded', 'marketing_direct_amount', 'marketing_shared_amount',
    'marketing_customer_count', 'marketing_amount'
) }},

{{ listed('variants', 'variant', ['fully_loaded', 'marketing', 'media_only']) }},

each as (

    select
        variants.variant,
        marketed.period_grain,
        marketed.period_start,
        marketed.period_end,
        marketed.reporting_date,
        marketed.dimension,
        marketed.segment,
        case
            when variants.variant = 'fully_loaded' and known.are_books_known
                then marketed.fully_loaded_amount
            when variants.variant = 'marketing' and known.are_books_known
                then marketed.marketing_amount
            when variants.variant = 'media_only' and known.is_media_known
                then cast(marketed.media_amount as {{ kpi_part_type() }})
        end as cost_amount,
        case variants.variant
            when 'marketing' then marketed.marketing_customer_count
            else marketed.customer_count
        end as customer_count

    from marketed

    inner join known
        on
            marketed.period_grain = known.period_grain
            and marketed.period_start = known.period_start

    cross join variants

),

final as (

    {{ kpi_rows(
        'customer_acquisition_cost', none, 'each', 'cost_amount', 'customer_count',
        value=price('cost_amount', 'customer_count')
    ) }}

)

select * from final
