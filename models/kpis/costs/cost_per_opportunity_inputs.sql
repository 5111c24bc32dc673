{#- A table: to spread costs at every query is slow. -#}
{{ config(materialized='table') }}

{#- Cost -> those that bear it. -#}
{%- set bearers = {
    'cost_of_deals_amount': 'deal_count',
    'cost_of_new_business_deals_amount': 'new_business_deal_count',
    'cost_of_opportunities_amount': 'opportunity_count',
    'cost_of_strict_opportunities_amount': 'strict_opportunity_count',
} -%}
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

-- Costs of no channel are borne alike by all that the cost is divided by.
{{ spread_shared('loaded', 'measured', borne_by(bearers)) }},

final as (

    select
        loaded.period_grain,
        loaded.period_start,
        loaded.period_end,
        loaded.reporting_date,
        loaded.dimension,
        loaded.segment,
        {%- for count in bearers.values() %}
        loaded.{{ count }},
        {%- endfor %}
        {%- for amount in bearers %}
        case when coverage.are_books_known then loaded.{{ amount }} end as {{ amount }},
        {%- endfor %}
        coverage.books_null_reason

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

)

select * from final
