{#-
    The types of a contract in the words of the engine: Spark knows no varchar without a length, and
    calls a text a string.
-#}
{% macro spark__get_empty_schema_sql(columns) -%}
{%- set columns_there = {} -%}
{%- for name, column in columns.items() -%}
    {%- do columns_there.update({name: dict(column, data_type=type_of_contract(column['data_type']))}) -%}
{%- endfor -%}
{{ return(dbt.default__get_empty_schema_sql(columns_there)) }}
{%- endmacro %}

{#- A type as Spark writes it. -#}
{% macro type_of_contract(data_type) -%}
{{- return('string' if data_type | lower | trim == 'varchar' else data_type) -}}
{%- endmacro %}


{#- The format of a table's files on Spark: Parquet, unless the setting `file_format` names another. -#}
{% macro spark__file_format_clause() -%}
using {{ config.get('file_format', 'parquet') }}
{%- endmacro %}

{#- Parquet holds no constraints, and dbt-spark would take a table without a format for one of Delta. -#}
{% macro spark__persist_constraints(relation, model) -%}
{%- if config.get('file_format') == 'delta' -%}
{{ dbt_spark.spark__persist_constraints(relation, model) }}
{%- endif -%}
{%- endmacro %}
