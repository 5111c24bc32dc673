{#-
    The table of a model that is a plain union: `select … union all select …`, each of them complete
    in itself. It is filled with one select after another. In one statement DuckDB keeps what each of
    them has sorted and hashed until the last one has ended: for all KPIs that is twice the memory,
    and more processor time.

    As with `table`, the contract is held against the whole union, the new table takes the place of
    the old one in one transaction, and readers never see half of it. Only DuckDB has it: any other
    engine takes the same SQL as a `table`.
-#}
{% materialization united_table, adapter='duckdb' %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set next_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(
        target_relation, existing_relation.type if existing_relation is not none else 'table'
    ) -%}
    {%- set selects = compiled_code.split('union all') -%}

    {{ drop_relation_if_exists(load_cached_relation(next_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- endif -%}
    {% call statement('main') -%}
        {{ create_table_as(False, next_relation, selects[0]) }}
    {%- endcall %}
    {%- for select in selects[1:] %}
        {% call statement('select_' ~ loop.index) -%}
            insert into {{ next_relation }} by name
            {{ select }}
        {%- endcall %}
    {%- endfor %}

    {%- if existing_relation is not none %}
        {% do adapter.rename_relation(existing_relation, backup_relation) %}
    {%- endif %}
    {% do adapter.rename_relation(next_relation, target_relation) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}

    {{ drop_relation_if_exists(backup_relation) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
