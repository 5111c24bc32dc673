{#-
    Records of several sources. An id holds within its source, so that `entity_id` puts the source's
    name before it. A source may also name a record of another one, as a billing system names the
    deals of the CRM: the setting `id_sources` says of which, and an input then holds the id with
    that source's name, as `hubspot:4711`.
-#}


{#- The sources that an id may name: the active connectors, if there are several. -#}
{% macro named_sources() -%}
    {{- return(setting('connectors') if setting('connectors') | length > 1 else []) -}}
{%- endmacro %}


{#- An id that is unique over all sources: several connectors may use the same ids. -#}
{% macro entity_id(column) -%}
    {%- if not named_sources() -%}
        {{- return("source_system || ':' || " ~ column) -}}
    {%- endif -%}
    {{- return(adapter.dispatch('entity_id')(column)) -}}
{%- endmacro %}

{% macro default__entity_id(column) -%}
case
            {%- for source in named_sources() %}
            when {{ column }} like '{{ source }}:%' then {{ column }}
            {%- endfor %}
            else source_system || ':' || {{ column }}
        end
{%- endmacro %}


{#-
    Functions of the build database, for the gate:

    `source_of_id(id, source)`  the source that an id of a row of `source` belongs to
    `local_id(id)`              the id as that source writes it
-#}
{% macro default__create_identity_functions() -%} {{ return('') }} {%- endmacro %}

{% macro duckdb__create_identity_functions() -%}
{%- set names = named_sources() | join('|') -%}
{%- if names %}
create or replace macro source_of_id(id, source) as
    coalesce(nullif(regexp_extract(cast(id as varchar), '^({{ names }}):', 1), ''), source);
create or replace macro local_id(id) as regexp_replace(cast(id as varchar), '^({{ names }}):', '');
{%- else %}
create or replace macro source_of_id(id, source) as source;
create or replace macro local_id(id) as id;
{%- endif %}
{%- endmacro %}


{#- The input table whose records an id names; none if it is no such id. -#}
{% macro table_of_id(column) -%}
    {{- return({
        'owner_id': 'owners', 'manager_id': 'owners', 'deal_id': 'deals', 'contact_id': 'contacts',
        'campaign_id': 'campaigns', 'company_id': 'companies', 'parent_company_id': 'companies',
        'plan_id': 'plans', 'pipeline_id': 'pipelines',
    }.get(column)) -}}
{%- endmacro %}


{#-
    The source whose records a connector's column names, if that is another one: `id_sources` says
    where the records of tables are that it does not supply itself.
-#}
{% macro foreign_source(connector, column) -%}
    {%- set table = table_of_id(column) -%}
    {%- set is_foreign = table and table not in tables_of(connector) -%}
    {{- return(var('id_sources').get(connector) if is_foreign else none) -}}
{%- endmacro %}


{#- The sources that name companies of another one, as a list in SQL; a text that is none if there are
    none. -#}
{% macro billing_sources() -%}
    {{- return("'" ~ (var('id_sources') | list or ['']) | join("', '") ~ "'") -}}
{%- endmacro %}


{#-
    In a connector: an id of the source that `id_sources` names for it, for
    `merged_into_company_id`, by which a billing customer counts under the company of the CRM. Null
    where the setting names none.
-#}
{% macro id_of_other_source(x) -%}
    {%- set source = var('id_sources').get(this_connector()) -%}
    {{- return("'" ~ source ~ ":' || " ~ cell_text(x) if source else empty_text()) -}}
{%- endmacro %}
