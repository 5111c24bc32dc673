{#- Which KPIs count contacts whose skipped stages are imputed is known from the project itself. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
{%- set imputed_kpis = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.fqn[1] == 'kpis' and node.name.startswith('kpi_')
        and counts_population(node.unique_id, 'fct_contact_funnel') -%}
        {%- do imputed_kpis.append(node.name | replace('kpi_', '', 1)) -%}
    {%- endfor -%}
{%- endif %}
with inputs as (

    select * from {{ ref('kpi_inputs') }}

),

-- The stages of contacts over all years: those that they reached, and those that the CRM recorded.
stages as (

    select
        sum(mql_count + sql_count + opportunity_count + customer_count) as reached_count,
        sum(
            strict_mql_count + strict_sql_count + strict_opportunity_count + strict_customer_count
        ) as recorded_count

    from {{ ref('agg_contacts') }}

    where
        period_grain = 'year'
        and dimension = 'all'

),

summed as (

    select
        kpi,
        max(as_of) as as_of,
        sum(case when is_needed then row_count end) as row_count,
        sum(case when is_needed then rejected_row_count end) as rejected_row_count,
        sum(case when is_needed then blanked_row_count end) as blanked_row_count,
        min(case when is_needed and is_stale then as_of end) as complete_until,
        {{ dbt.listagg(
            'case when is_needed and is_stale then table_name end', "', '", 'order by table_name'
        ) }} as stale_tables

    from inputs

    group by kpi

),

final as (

    select
        summed.kpi,
        summed.as_of,
        {{ ratio('summed.rejected_row_count', 'summed.row_count') }} as rejected_share,
        {{ ratio('summed.blanked_row_count', 'summed.row_count') }} as blanked_share,
        case
            when summed.kpi in ({{ "'" ~ imputed_kpis | sort | join("', '") ~ "'" }})
                then {{ ratio(
                    'stages.reached_count - stages.recorded_count', 'stages.reached_count'
                ) }}
        end as imputed_share,
        summed.complete_until,
        summed.stale_tables

    from summed

    cross join stages

)

select * from final
