{%- set cuts = {'channel': 'channel'} -%}
with costs as (

    select
        *,
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

{{ measured_by_period('spent', 'costs', 'effect_date', cuts, {
    'fully_loaded_amount': 'sum(cost_amount)',
    'marketing_amount': "sum(case when cost_function = 'marketing' then cost_amount else 0 end)",
    'media_amount': 'sum(case when is_media then cost_amount else 0 end)',
}) }},

{{ measured_by_period('won', 'new_customers', 'closed_date', cuts, {
    'customer_count': 'count(deal_id)',
    'marketing_customer_count': 'count(marketing_deal_id)',
}) }},

{{ measured_together(
    'measured', 'spent', ['fully_loaded_amount', 'marketing_amount', 'media_amount'],
    'won', ['customer_count', 'marketing_customer_count']
) }},

-- Salaries and tools belong to no channel: every customer bears the same share of them.
{{ spread_unassigned('loaded', 'measured', 'fully_loaded_amount', 'customer_count') }},

{{ spread_unassigned('marketed', 'loaded', 'marketing_amount', 'marketing_customer_count') }},

variants as (

    select 'fully_loaded' as variant

    union all

    select 'marketing' as variant

    union all

    select 'media_only' as variant

),

each as (

    select
        variants.variant,
        marketed.period_grain,
        marketed.period_start,
        marketed.period_end,
        marketed.reporting_date,
        marketed.dimension,
        marketed.segment,
        case variants.variant
            when 'fully_loaded' then marketed.spread_fully_loaded_amount
            when 'marketing' then marketed.spread_marketing_amount
            else cast(marketed.media_amount as {{ kpi_part_type() }})
        end as cost_amount,
        case variants.variant
            when 'marketing' then marketed.marketing_customer_count
            else marketed.customer_count
        end as customer_count

    from marketed

    cross join variants

),

final as (

    {{ kpi_rows(
        'customer_acquisition_cost', none, 'each', 'nullif(cost_amount, 0)', 'customer_count'
    ) }}

)

select * from final
