{#-
    Names Parquet files as the tables of another engine: {schema: {table: folder of its file}}. Called
    by engines/spark.py, so that the profile alone says where that engine is.
-#}
{% macro name_files_as_tables(schemas) -%}
{%- for schema, tables in schemas.items() -%}
    {%- do run_query('create schema if not exists ' ~ schema) -%}
    {%- for table, folder in tables.items() -%}
        {%- do run_query('drop table if exists ' ~ schema ~ '.' ~ table) -%}
        {%- do run_query(
            'create table ' ~ schema ~ '.' ~ table ~ " using parquet location '" ~ folder ~ "'"
        ) -%}
    {%- endfor -%}
{%- endfor -%}
{%- endmacro %}
