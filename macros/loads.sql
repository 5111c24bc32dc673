{#-
    What the gate tolerates of an input table, 0 to 1. The variable is one number for all tables, or
    {default: 0.05, invoices: 0.25}. `unnamed` is what holds, instead of the default, for a table that
    it does not name.
-#}
{% macro tolerated(variable, table, unnamed=none) -%}
    {%- set shares = _shares(variable) -%}
    {{- return(shares.get(table, shares['default'] if unnamed is none else unnamed)) -}}
{%- endmacro %}


{#-
    What such a variable says of all other tables, as it is written: the gate shows how to let one
    table pass, and what is set for the others must not be lost.
-#}
{% macro tolerated_of_others(variable, table) -%}
    {%- set others = [] -%}
    {%- for name, share in _shares(variable).items() if name != table -%}
        {%- do others.append(name ~ ': ' ~ share) -%}
    {%- endfor -%}
    {{- return(others | join(', ')) -}}
{%- endmacro %}


{% macro _shares(variable) -%}
    {%- set given = var(variable) -%}
    {%- set shares = given if given is mapping else {'default': given} -%}
    {%- set tables = ['default'] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.fqn[1] == 'inputs' -%}
        {%- do tables.append(node.name | replace('input_', '', 1)) -%}
    {%- endfor -%}
    {%- if 'default' not in shares -%}
        {{- exceptions.raise_compiler_error(
            variable ~ ' says nothing of the tables that it does not name; write {default: 0.05, '
            ~ shares.keys() | first ~ ': ' ~ shares.values() | first ~ '}, or one number for all'
        ) -}}
    {%- endif -%}
    {%- for table, share in shares.items() -%}
        {%- if table not in tables -%}
            {{- exceptions.raise_compiler_error(
                variable ~ ' names ' ~ table ~ ', which is no input table; '
                ~ did_you_mean(table, tables)
            ) -}}
        {%- elif share is not number or share is boolean or share < 0 or share > 1 -%}
            {{- exceptions.raise_compiler_error(
                variable ~ ' is ' ~ share ~ (' for ' ~ table if given is mapping else '')
                ~ '; it must be a share from 0 to 1, such as 0.05 for 5 %'
            ) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- return(shares) -}}
{%- endmacro %}


{#- The first day of the month of a day or moment, text or typed; null where it is none. -#}
{% macro arrival_month(column) -%} {{ adapter.dispatch('arrival_month')(column) }} {%- endmacro %}

{% macro default__arrival_month(column) -%}
    case
        when cast({{ column }} as {{ dbt.type_string() }}) like '____-__-__%'
            then cast({{ dbt.date_trunc('month', column) }} as date)
    end
{%- endmacro %}

{#- A value may be anything: what is no day, or no finite one, is of no month. -#}
{% macro duckdb__arrival_month(column) -%}
    cast(
        date_trunc('month', try_cast(left(cast({{ column }} as varchar), 10) as date)) as date
    )
{%- endmacro %}
