{#-
    Properties that a company made up itself, carried from a source to its mart without another file:

        custom_columns:
          deals: [{name: region, from: Region__c, cut: true}, {name: seats, from: seats, type: number}]

    `from` is the column of the source, or {connector: column} where sources call it differently. A
    connector without it gives null; that no connector has it is a typing error. With `cut: true` the
    figures of the table's records are cut by it too.
-#}


{#- Table -> the mart that has its custom columns. `contacts` has them in two. -#}
{% macro marts_of_custom_columns() -%}
    {{- return({
        'deals': ['fct_deals'],
        'companies': ['dim_companies'],
        'contacts': ['dim_contacts', 'fct_contact_funnel'],
    }) -}}
{%- endmacro %}


{#- Table -> the setting of the cuts that its properties are added to with `cut: true`. -#}
{% macro cuts_of_custom_columns() -%}
    {{- return({'deals': 'deal_cuts', 'contacts': 'contact_cuts'}) -}}
{%- endmacro %}


{#- The cuts of a setting, and those that properties of one's own ask for. -#}
{% macro cuts_of(name) -%}
    {%- set cuts = {} -%}
    {%- do cuts.update(var(name)) -%}
    {%- for table, setting_name in cuts_of_custom_columns().items() if setting_name == name -%}
        {%- for column in custom_columns_of(table) if column.cut -%}
            {%- do cuts.update({column.name: column.name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(cuts) -}}
{%- endmacro %}


{#- Dimensions that KPIs give their rows beside the cuts of the settings, and what each means. -#}
{% macro own_dimensions() -%}
    {{- return([
        'category', 'churn_reason', 'department', 'landing_page', 'lifecycle_stage', 'method',
        'months_since', 'movement', 'stage', 'touchpoint',
    ]) -}}
{%- endmacro %}


{#- What SQL does not take for a name unless it is quoted. -#}
{% macro words_of_sql() -%}
    {{- return((
        'all analyse analyze and any array as asc asymmetric both case cast check collate column'
        ~ ' constraint create default deferrable desc describe distinct do else end except false fetch'
        ~ ' for foreign from group having in initially intersect into lambda lateral leading limit not'
        ~ ' null offset on only or order pivot pivot_longer pivot_wider placing primary qualify'
        ~ ' references returning select show some summarize symmetric table then to trailing true union'
        ~ ' unique unpivot using variadic when where window with'
    ).split(' ')) -}}
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


{#- In the model of a connector that reads an extract: the custom columns, after the last one. -#}
{% macro custom_fields(table) -%}
    {%- for column in custom_columns_of(table) %},
    {% set from = column['from'] -%}
    {%- set name = from.get(this_connector()) if from is mapping else from -%}
    {%- if not execute or not name -%}
    {{ empty_text() }}
    {%- else -%}
    {{ custom_field(table, column, name) }}
    {%- endif %} as {{ column.name }}
    {%- endfor -%}
{%- endmacro %}


{#- One custom column in the extract of the model; null in a source that lacks it. -#}
{% macro custom_field(table, column, name) -%}
    {%- set header = header_of_extract() -%}
    {%- for found in header if found | lower == name | lower -%}
        {{- return(quoted(found)) -}}
    {%- endfor -%}
    {%- for found in header if loose_name(found) == loose_name(name) -%}
        {{- return(quoted(found)) -}}
    {%- endfor -%}
    {%- if column['from'] is mapping or not stands_in_extracts(table, name) -%}
        {{- exceptions.raise_compiler_error(
            'custom_columns.' ~ table ~ '.' ~ column.name ~ ': the extract '
            ~ model.sources[0] | join('.') ~ ' has no column ' ~ name ~ did_you_mean(name, header)
        ) -}}
    {%- endif -%}
    {{- return(empty_text()) -}}
{%- endmacro %}


{#- Whether an extract of some connector that supplies the table has a column of the name. -#}
{% macro stands_in_extracts(table, name) -%}
    {%- for connector in setting('connectors') if table in tables_of(connector) -%}
        {%- set found = run_query(
            "select distinct column_name from " ~ ref('extract_headers') ~ " where connector = '"
            ~ connector ~ "'"
        ) -%}
        {%- for column in found.columns[0].values() if loose_name(column) == loose_name(name) -%}
            {{- return(true) -}}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(false) -}}
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
