{#- A table: three KPIs read it, and to spread costs at every query is slow. -#}
{{ config(materialized='table') }}

{#- Cost -> those who bear it. -#}
{%- set bearers = {
    'cost_of_leads_amount': 'lead_count',
    'cost_of_strict_leads_amount': 'strict_lead_count',
    'cost_of_mqls_amount': 'mql_count',
    'cost_of_strict_mqls_amount': 'strict_mql_count',
    'cost_of_sqls_amount': 'sql_count',
    'cost_of_strict_sqls_amount': 'strict_sql_count',
} -%}
with costs as (

    select * from {{ ref('agg_marketing_costs') }}

),

entries as (

    select * from {{ ref('agg_stage_entries') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

{{ measured_together(
    'measured', 'costs', ['direct_amount', 'shared_amount', 'media_amount'],
    'entries', bearers.values() | list
) }},

-- Costs of no channel are borne alike by every contact that enters the stage.
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
        case when coverage.is_media_known then loaded.media_amount end as media_amount,
        coverage.books_null_reason,
        coverage.media_null_reason

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

)

select * from final
