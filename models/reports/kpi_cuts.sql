{#-
    From the project itself: a KPI has the cuts that all aggregates behind it have in common. The
    coverage of costs, which has no cuts, does not count.
-#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
{%- set rows = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.fqn[1] == 'kpis' and node.name.startswith('kpi_') and has_given_cuts(node) -%}
        {%- for cut in common_cuts(node) -%}
            {%- do rows.append((node.name | replace('kpi_', '', 1), cut)) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}
{%- for kpi, cut in rows | sort %}
select
    '{{ kpi }}' as kpi,
    '{{ escape_single_quotes(cut) }}' as cut
{{ 'union all' if not loop.last }}
{%- else %}
select
    cast(null as varchar) as kpi,
    cast(null as varchar) as cut
where false
{%- endfor %}
