{#-
    Properties that a company made up itself, carried from a source to its mart without another file:

        custom_columns:
          deals: [{name: region, from: Region__c, cut: true}, {name: seats, from: seats, type: number}]

    `from` is the column of the source, or {connector: column} where sources call it differently. A
    connector without it gives null; that no connector has it is a typing error. With `cut: true` the
    figures are cut by it too: those of a company are carried wherever its industry is.
-#}


{#- Table -> the marts that have its custom columns. -#}
{% macro marts_of_custom_columns() -%}
    {{- return({
        'deals': ['fct_deals'],
        'companies': ['dim_companies'],
        'contacts': ['dim_contacts', 'fct_contact_funnel'],
    }) -}}
{%- endmacro %}


{#- Table -> the other marts, which have its cuts alone. -#}
{% macro marts_of_custom_cuts() -%}
    {{- return({
        'deals': ['fct_deal_stages', 'fct_pipeline_balances', 'fct_pipeline_months'],
        'companies': [
            'dim_contacts', 'dim_customers', 'fct_contact_funnel', 'fct_customer_invoice_periods',
            'fct_contract_months', 'fct_customer_periods', 'fct_customer_revenue_months',
            'fct_deal_stages', 'fct_deals', 'fct_feedback',
            'fct_intra_month_churn', 'fct_invoice_line_months', 'fct_invoice_lines', 'fct_invoices',
            'fct_mrr_months', 'fct_mrr_movements', 'fct_pipeline_balances', 'fct_pipeline_months',
            'fct_receivable_months', 'fct_subscription_months', 'fct_trials',
        ],
        'contacts': [],
    }) -}}
{%- endmacro %}


{#- Table -> the settings of the cuts that its properties are added to with `cut: true`. -#}
{% macro cuts_of_custom_columns() -%}
    {{- return({
        'deals': ['deal_cuts', 'loss_cuts', 'pipeline_cuts', 'stage_cuts'],
        'companies': [
            'contact_cuts', 'customer_cuts', 'deal_cuts', 'feedback_cuts', 'invoice_cuts',
            'loss_cuts', 'pipeline_cuts', 'stage_cuts',
        ],
        'contacts': ['contact_cuts'],
    }) -}}
{%- endmacro %}


{#- The cuts of a setting, and those that properties of one's own ask for. -#}
{% macro cuts_of(name) -%}
    {%- set cuts = {} -%}
    {%- do cuts.update(var(name)) -%}
    {%- for table, settings in cuts_of_custom_columns().items() if name in settings -%}
        {%- for column in custom_columns_of(table) if column.cut -%}
            {%- do cuts.update({column.name: column.name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(cuts) -}}
{%- endmacro %}


{#- Dimensions that KPIs give their rows beside the cuts of the settings, and what each means. -#}
{% macro own_dimensions() -%}
    {{- return([
        'category', 'churn_reason', 'department', 'landing_page', 'lifecycle_stage',
        'lost_reason', 'method', 'months_since', 'movement', 'pipeline_stage', 'stage', 'touchpoint',
    ]) -}}
{%- endmacro %}


{#- The words that SQL does not take for a name unless they are quoted. -#}
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


{#-
    In the model of a connector that reads an extract: the custom columns, after the last one.
    `labelled` is {loose name: SQL} of columns that people call otherwise than the extract does. An
    extract that is not the whole table may lack a column. `own` is the text of the columns that the
    model has itself, where another macro writes them: a name that it has already is refused.
-#}
{% macro custom_fields(table, labelled={}, is_whole=true, own=none) -%}
    {%- for column in custom_columns_of(table) %}
    {%- if execute and modules.re.search('\\bas ' ~ column.name ~ '\\b', own or model.raw_code) -%}
        {{- exceptions.raise_compiler_error(
            'custom_columns.' ~ table ~ '.' ~ column.name ~ ': ' ~ model.name ~ ' has a column '
            ~ column.name ~ ' itself; give yours another name'
        ) -}}
    {%- endif -%},
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
        {{- return(quoted(found)) -}}
    {%- endfor -%}
    {%- for found in header if loose_name(found) == loose_name(name) -%}
        {{- return(quoted(found)) -}}
    {%- endfor -%}
    {%- if is_whole and (column['from'] is mapping or not stands_in_extracts(table, name)) -%}
        {{- exceptions.raise_compiler_error(
            'custom_columns.' ~ table ~ '.' ~ column.name ~ ': the extract '
            ~ model.sources[0] | join('.') ~ ' has no column ' ~ name ~ did_you_mean(name, header)
        ) -}}
    {%- endif -%}
    {{- return(empty_text()) -}}
{%- endmacro %}


{#-
    Whether an extract of some connector that supplies the table has a column of the name. Another
    one that finds columns by labels may have it as one: it refuses itself what it does not have.
-#}
{% macro stands_in_extracts(table, name) -%}
    {%- for connector in setting('connectors') if table in tables_of(connector) -%}
        {%- if connector != this_connector() and finds_by_label(connector) -%}
            {{- return(true) -}}
        {%- endif -%}
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


{#- Whether a connector finds columns by the labels that fields have in the tool. -#}
{% macro finds_by_label(connector) -%}
    {%- for node in graph.sources.values() if node.source_name == connector -%}
        {%- for column in node.columns.values() if declared_meta(column).labelled -%}
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


{#- Those of them that are cuts; `function` is what an aggregating query makes of each. -#}
{% macro custom_cuts(table, relation=none, function=none) -%}
    {%- for column in custom_columns_of(table) if column.cut %},
        {% set name = (relation ~ '.' if relation else '') ~ column.name -%}
        {{ function ~ '(' ~ name ~ ') as ' ~ column.name if function else name }}
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
        {%- do add_to_contract(column) -%}
    {%- endfor -%}
{%- endmacro %}


{#- The same for a mart that has the cuts alone. -#}
{% macro add_custom_cuts(table) -%}
    {%- for column in custom_columns_of(table) if execute and column.cut -%}
        {%- do add_to_contract(column) -%}
    {%- endfor -%}
{%- endmacro %}


{#- Adds a column of one's own to the contract of the model that is about to be made. -#}
{% macro add_to_contract(column) -%}
    {%- do model.columns.update({column.name: {
        'name': column.name, 'data_type': type_of_custom(column), 'constraints': [],
        'description': '', 'quote': none, 'config': {}, 'meta': {}, 'tags': [],
    }}) -%}
{%- endmacro %}
