{#- Variant -> what its cost is divided by. -#}
{%- set counts = {
    'deals': 'deal_count',
    'new_business': 'new_business_deal_count',
    'contacts': 'opportunity_count',
    'contacts_strict': 'strict_opportunity_count',
} -%}
{%- set spreads = {} -%}
{%- for variant, count in counts.items() -%}
    {%- do spreads.update({
        variant ~ '_amount': {
            'direct': 'direct_amount', 'shared': 'shared_amount', 'weight': count
        },
    }) -%}
{%- endfor -%}
with costs as (

    select * from {{ ref('agg_acquisition_costs') }}

),

deals as (

    select * from {{ ref('agg_created_deals_by_spend_cuts') }}

),

entries as (

    select * from {{ ref('agg_stage_entries') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

{{ measured_together(
    'costs_and_deals', 'costs', ['direct_amount', 'shared_amount'],
    'deals', ['deal_count', 'new_business_deal_count']
) }},

{{ measured_together(
    'measured', 'costs_and_deals',
    ['direct_amount', 'shared_amount', 'deal_count', 'new_business_deal_count'],
    'entries', ['opportunity_count', 'strict_opportunity_count']
) }},

-- Costs of no channel are borne alike by all that a variant divides by.
{{ spread_shared('loaded', 'measured', spreads) }},

known as (

    select
        loaded.*,
        {%- for amount in spreads %}
        case when coverage.are_books_known then loaded.{{ amount }} end as known_{{ amount }},
        {%- endfor %}
        coverage.books_null_reason

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

),

final as (
    {%- for variant, count in counts.items() %}
    {%- set amount = 'known_' ~ variant ~ '_amount' %}

    {{ kpi_rows(
        'cost_per_opportunity', variant, 'known', amount, count, value=price(amount, count),
        null_reason=why_no_price(amount, count, 'books_null_reason')
    ) }}

    union all
    {%- endfor %}

    {{ kpi_rows(
        'cost_per_opportunity', 'total', 'known', 'known_deals_amount',
        null_reason='books_null_reason'
    ) }}

)

select * from final
