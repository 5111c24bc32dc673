{#-
    Properties that a company made up itself, carried from a source to its mart without another file:

        custom_columns:
          deals: [{name: region, from: Region__c}, {name: seats, from: seats, type: number}]

    `from` is the column of the source, or {connector: column} where sources call it differently. A
    connector without it gives null; that no connector has it is a typing error. A cut by a text one is a
    line of `deal_cuts` or `contact_cuts`, such as region: region.
-#}


{#- Table -> the mart that has its custom columns. `contacts` has them in two. -#}
{% macro marts_of_custom_columns() -%}
    {{- return({
        'deals': ['fct_deals'],
        'companies': ['dim_companies'],
        'contacts': ['dim_contacts', 'fct_contact_funnel'],
    }) -}}
{%- endmacro %}


{#- The custom columns of a table, as the setting lists them. -#}
{% macro custom_columns_of(table) -%}
    {{- return(setting('custom_columns').get(table) or []) -}}
{%- endmacro %}


{#- The SQL type of a custom column. -#}
{% macro type_of_custom(column) -%}
    {{- return({
        'number': 'decimal(28, 8)', 'day': 'date', 'flag': 'boolean',
    }.get(column.type, 'varchar')) -}}
{%- endmacro %}


{#-
    In the model of a connector that reads an extract: the custom columns, after the last one.
    `labelled` is {loose name: SQL} of columns that people call otherwise than the extract does. An
    extract that is not the whole table may lack a column.
-#}
{% macro custom_fields(table, labelled={}, is_whole=true) -%}
    {%- for column in custom_columns_of(table) %},
    {% set from = column['from'] -%}
    {%- set name = from.get(this_connector()) if from is mapping else from -%}
    {%- if not execute or not name -%}
    {{ empty_text() }}
    {%- else -%}
    {{ labelled.get(loose_name(name)) or custom_field(table, column, name, is_whole) }}
    {%- endif %} as {{ column.name }}
    {%- endfor -%}
{%- endmacro %}


{#- One custom column in the extract of the model; null in a source that lacks it. -#}
{% macro custom_field(table, column, name, is_whole=true) -%}
    {%- set header = header_of_extract() -%}
    {%- for found in header if found | lower == name | lower -%}
        {{- return(adapter.quote(found)) -}}
    {%- endfor -%}
    {%- for found in header if loose_name(found) == loose_name(name) -%}
        {{- return(adapter.quote(found)) -}}
    {%- endfor -%}
    {%- if is_whole and (column['from'] is mapping or setting('connectors') | length == 1) -%}
        {{- exceptions.raise_compiler_error(
            'custom_columns.' ~ table ~ '.' ~ column.name ~ ': the extract '
            ~ model.sources[0] | join('.') ~ ' has no column ' ~ name ~ did_you_mean(name, header)
        ) -}}
    {%- endif -%}
    {{- return(empty_text()) -}}
{%- endmacro %}


{#- The custom columns of a table, as they stand in a relation that has them. -#}
{% macro custom_names(table, relation=none) -%}
    {%- for column in custom_columns_of(table) %},
        {{ relation ~ '.' if relation }}{{ column.name }}
    {%- endfor -%}
{%- endmacro %}


{#- The custom columns in staging, read by their types; what cannot be read is null. -#}
{% macro custom_cells(table) -%}
    {%- for column in custom_columns_of(table) %},
        {% if column.type == 'number' -%}
        {{ as_number(column.name, type_of_custom(column)) }} as {{ column.name }}
        {%- elif column.type == 'day' -%}
        {{ as_day(column.name) }} as {{ column.name }}
        {%- elif column.type == 'flag' -%}
        {{ as_boolean(column.name) }} as {{ column.name }}
        {%- else -%}
        {{ as_text(column.name) }} as {{ column.name }}
        {%- endif %}
    {%- endfor -%}
{%- endmacro %}


{#- Runs before a mart is made: its contract has the custom columns too. -#}
{% macro add_custom_columns(table) -%}
    {%- for column in custom_columns_of(table) if execute -%}
        {%- do model.columns.update({column.name: {
            'name': column.name, 'data_type': type_of_custom(column), 'constraints': [],
            'description': '', 'quote': none, 'config': {}, 'meta': {}, 'tags': [],
        }}) -%}
    {%- endfor -%}
{%- endmacro %}
