{#-
    The input tables that a model reads, directly or through others, from the graph of the project. The
    gate, the calendar and the reporting date read all of them and belong to none. `known` keeps what
    was found for the models on the way.
-#}
{% macro inputs_behind(key, known) -%}
{%- if key not in known -%}
    {%- set node = graph.nodes.get(key) -%}
    {%- set found = [] -%}
    {%- if node and node.resource_type == 'model' -%}
        {%- if node.fqn[1] == 'inputs' -%}
            {%- do found.append(node.name | replace('input_', '', 1)) -%}
        {%- elif node.fqn[1] != 'gate' and 'calendar' not in node.fqn -%}
            {%- for parent in node.depends_on.nodes -%}
                {%- do found.extend(inputs_behind(parent, known)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {%- do known.update({key: found | unique | list}) -%}
{%- endif -%}
{{- return(known[key]) -}}
{%- endmacro %}


{#- Whether one of the aggregates behind a KPI counts a population, a mart. -#}
{% macro counts_population(key, mart) -%}
{%- set node = graph.nodes.get(key) -%}
{%- for parent_key in node.depends_on.nodes -%}
    {%- set parent = graph.nodes.get(parent_key) -%}
    {%- if parent and parent.fqn[1] in ['kpis', 'aggregates'] -%}
        {%- if counts_population(parent_key, mart) -%} {{- return(true) -}} {%- endif -%}
    {%- elif parent and node.fqn[1] == 'aggregates' and parent.name == mart -%}
        {{- return(true) -}}
    {%- endif -%}
{%- endfor -%}
{{- return(false) -}}
{%- endmacro %}


{#- The marts whose rows the aggregates behind a KPI count, read directly or through other KPIs. -#}
{% macro marts_counted(key) -%}
{%- set found = [] -%}
{%- for parent_key in graph.nodes[key].depends_on.nodes -%}
    {%- set parent = graph.nodes.get(parent_key) -%}
    {%- if parent and names_its_records(parent) -%}
        {%- do found.append(mart_of(parent)) -%}
    {%- elif parent and parent.fqn[1] == 'kpis' -%}
        {%- do found.extend(marts_counted(parent_key)) -%}
    {%- endif -%}
{%- endfor -%}
{{- return(found | unique | sort) -}}
{%- endmacro %}
