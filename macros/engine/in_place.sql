{#-
    A view or a table of DuckDB takes the place of the one before in one statement, within the transaction
    of its model. dbt-duckdb makes it beside the old one, renames both and drops the old one: with all that
    dbt does for each of these steps, that is nearly half of what most models take. Nobody but the build
    reads the build file, and what readers have is published as a file of its own.
-#}
{% materialization view, adapter='duckdb' -%}
{{- return(in_place('view')) -}}
{%- endmaterialization %}


{#- A table takes the place of the one before, as a view does. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
{%- if model.language != 'python' -%}
    {{- return(in_place('table')) -}}
{%- endif -%}
{#- A Python model writes in a transaction of its own, and dbt lets it do so from here alone. -#}
{%- set relation = this.incorporate(type='table') -%}
{%- set before = load_cached_relation(this) -%}
{%- set next_relation = make_intermediate_relation(relation) -%}
{{- drop_relation_if_exists(load_cached_relation(next_relation)) -}}
{{- run_hooks(pre_hooks, inside_transaction=False) -}}
{{- run_hooks(pre_hooks, inside_transaction=True) -}}
{%- call statement('main', language='python') -%}
{{- create_table_as(False, next_relation, compiled_code, 'python') -}}
{%- endcall -%}
{{- drop_relation_if_exists(before) -}}
{%- do adapter.rename_relation(next_relation, relation) -%}
{{- end_in_place(relation) -}}
{{- return({'relations': [relation]}) -}}
{%- endmaterialization %}


{#- Makes a model's view or table in place of the one before, and returns what a materialization has to. -#}
{% macro in_place(type) -%}
{%- set relation = this.incorporate(type=type) -%}
{{- run_hooks(pre_hooks, inside_transaction=False) -}}
{{- run_hooks(pre_hooks, inside_transaction=True) -}}
{%- call statement('main') -%}
{{- drop_before() -}}
{{- get_create_view_as_sql(relation, compiled_code) if type == 'view'
    else create_table_as(False, relation, compiled_code) -}}
{%- endcall -%}
{{- end_in_place(relation) -}}
{{- return({'relations': [relation]}) -}}
{%- endmacro %}


{#- SQL that drops what stands under the name of the model now. -#}
{% macro drop_before() -%}
{%- set before = load_cached_relation(this) -%}
{%- if before is not none %}drop {{ before.type }} {{ before }};{% endif %}
{%- endmacro %}


{#- Does what comes after the relation of a model was made, and ends its transaction. -#}
{% macro end_in_place(relation) -%}
{{- run_hooks(post_hooks, inside_transaction=True) -}}
{%- do persist_docs(relation, model) -%}
{%- do adapter.commit() -%}
{{- run_hooks(post_hooks, inside_transaction=False) -}}
{%- endmacro %}


{#-
    SQL that drops the tables that an incremental Python model was written to before it was added:
    dbt-duckdb leaves one behind with each build.
-#}
{% macro drop_temporary_tables() -%}
{%- if execute -%}
{%- set found = run_query(
    "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
    ~ " and starts_with(table_name, '" ~ this.identifier ~ "__dbt_tmp')"
) -%}
{%- for schema, table in found %}
drop table {{ adapter.quote(schema) }}.{{ adapter.quote(table) }};
{%- endfor -%}
{%- endif -%}
{%- endmacro %}
