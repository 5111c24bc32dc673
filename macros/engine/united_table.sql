{#-
    The table of a model that is a plain union: `select … union all select …`, each of them complete
    in itself. It is filled with one select after another. In one statement DuckDB keeps what each of
    them has sorted and hashed until the last one has ended: for all KPIs that is twice the memory,
    and more processor time.

    As with `table`, the contract is held against the whole union, and the new table takes the place of
    the old one in one transaction. Only DuckDB has it: any other engine takes the same SQL as a `table`.
-#}
{% materialization united_table, adapter='duckdb' -%}
{%- set relation = this.incorporate(type='table') -%}
{%- set selects = compiled_code.split('union all') -%}
{{- run_hooks(pre_hooks, inside_transaction=False) -}}
{{- run_hooks(pre_hooks, inside_transaction=True) -}}
{%- if config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
{%- endif -%}
{%- call statement('main') -%}
{{- drop_before() -}}
{{- create_table_as(False, relation, selects[0]) -}}
{%- endcall -%}
{%- for select in selects[1:] -%}
{%- call statement('select_' ~ loop.index) -%}
insert into {{ relation }} by name
{{ select }}
{%- endcall -%}
{%- endfor -%}
{{- end_in_place(relation) -}}
{{- return({'relations': [relation]}) -}}
{%- endmaterialization %}
