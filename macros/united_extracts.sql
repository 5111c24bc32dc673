{#-
    The rows of several extracts in one relation, all text: where loaders cut the same facts into
    different tables. `extracts` is {extract: {column: the source's name of it}}; a name in single
    quotes is a literal, and a column that an extract does not have is null. Names are found as
    `field` finds them, and an extract that is not there has no rows.
-#}
{% macro united_extracts(extracts) -%}
    {%- set columns = [] -%}
    {%- for sources in extracts.values() -%}
        {%- do columns.extend(sources | reject('in', columns) | list) -%}
    {%- endfor -%}
    {%- for name, sources in extracts.items() -%}
        {%- set relation = extract(this_connector(), name) -%}
        {%- set header = header_of(this_connector(), name) %}
    select
        {%- for column in columns %}
        {{ united_column(name, header, sources.get(column)) }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}

    from {{ relation }}
        {%- if not loop.last %}

    union all
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- One column of `united_extracts`, as text. -#}
{% macro united_column(extract_name, header, source_name) -%}
    {%- if not source_name -%}
        {{- return(empty_text()) -}}
    {%- elif source_name.startswith("'") -%}
        {{- return(source_name) -}}
    {%- elif not execute -%}
        {{- return(empty_text()) -}}
    {%- endif -%}
    {%- set names = [source_name] -%}
    {%- for column in declared_extract(this_connector(), extract_name).columns.values()
        if column.name == source_name -%}
        {%- do names.extend(declared_meta(column).get('names') or []) -%}
    {%- endfor -%}
    {%- for name in names -%}
        {%- for column in header if column | lower == name | lower -%}
            {{- return(cell_text(adapter.quote(column))) -}}
        {%- endfor -%}
        {%- for column in header if loose_name(column) == loose_name(name) -%}
            {{- return(cell_text(adapter.quote(column))) -}}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(empty_text()) -}}
{%- endmacro %}


{#- The columns of an extract, as the gate found them; none if it is not there. -#}
{% macro header_of(connector, extract_name) -%}
    {%- if not execute -%}
        {{- return([]) -}}
    {%- endif -%}
    {%- set found = run_query(
        "select column_name from " ~ ref('extract_headers') ~ " where connector = '" ~ connector
        ~ "' and extract_name = '" ~ extract_name ~ "' order by column_position"
    ) -%}
    {{- return(found.columns[0].values() | list) -}}
{%- endmacro %}
