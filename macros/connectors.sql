{#- Whether a connector feeds the warehouse: `config(enabled=connector_is_active('acme'))`. -#}
{% macro connector_is_active(connector) -%}
    {{- return(connector in setting('connectors')) -}}
{%- endmacro %}


{#- The input tables that a connector supplies. -#}
{% macro tables_of(connector) -%}
    {%- set tables = setting('connector_tables')[connector] -%}
    {{- return(input_tables() | list if tables == 'all' else tables) -}}
{%- endmacro %}


{#- The active connectors that supply an input table. -#}
{% macro connectors_supplying(table) -%}
    {%- set supplying = [] -%}
    {%- for connector in setting('connectors') if table in tables_of(connector) -%}
        {%- do supplying.append(connector) -%}
    {%- endfor -%}
    {{- return(supplying) -}}
{%- endmacro %}


{#-
    The relation of a connector's model for an input table. For a missing model, dbt would only say
    that a node was not found. While dbt parses, it knows the files of the project and not yet its
    models; where it does not show the files, its own words must do.
-#}
{% macro connector_model(connector, table) -%}
    {%- set name = connector ~ '__' ~ table -%}
    {%- if not execute and ref.manifest is defined and ref.manifest.files -%}
        {%- set models = [] -%}
        {%- for file in ref.manifest.files -%}
            {%- set file_name = file.split('/')[-1] -%}
            {%- if file_name.endswith('.sql') or file_name.endswith('.py') -%}
                {%- do models.append(file_name.rsplit('.', 1)[0]) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if name not in models -%}
            {%- set near = nearest(name, models) -%}
            {{- exceptions.raise_compiler_error(
                'connector_tables says that ' ~ connector ~ ' supplies ' ~ table
                ~ ', but there is no model models/connectors/' ~ connector ~ '/' ~ name ~ '.sql'
                ~ (' (there is ' ~ near ~ '.sql)' if (near or '').startswith(connector ~ '__') else '')
                ~ '; write it, or take ' ~ table ~ ' out of connector_tables'
            ) -}}
        {%- endif -%}
    {%- endif -%}
    {{- return(ref(name)) -}}
{%- endmacro %}


{#-
    Reports where connector_tables and the connectors' models do not agree: a model that nothing
    reads would be left out silently. A model without an input table is a typing error.
-#}
{% macro check_connectors() -%}
    {%- set is_read = {} -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- for parent in node.depends_on.nodes -%}
            {%- do is_read.update({parent: true}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set wrong = [] -%}
    {%- for connector in setting('connectors') -%}
        {%- set forgotten = [] -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.fqn[1:3] == ['connectors', connector]
            and node.unique_id not in is_read -%}
            {%- set table = node.name | replace(connector ~ '__', '', 1) -%}
            {%- if table in input_tables() -%}
                {%- do forgotten.append(table) -%}
            {%- else -%}
                {%- do wrong.append(
                    node.original_file_path ~ ' is read by no model: there is no input table '
                    ~ table ~ did_you_mean(table, input_tables())
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if forgotten -%}
            {%- do exceptions.warn(
                'models/connectors/' ~ connector ~ ' has models that nothing reads: '
                ~ forgotten | sort | join(', ') ~ '; add them to connector_tables to have them counted'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if wrong -%}
        {{- exceptions.raise_compiler_error(wrong | join('\n')) -}}
    {%- endif -%}
{%- endmacro %}
