{%- if execute -%}
{%- do check_connectors() -%}
{%- endif -%}
{%- set loads = [] -%}
{%- for connector in setting('connectors') -%}
{%- for table in tables_of(connector) -%}
{%- do loads.append([connector, table]) -%}
{%- endfor -%}
{%- endfor -%}
{%- if execute and not loads -%}
{{- exceptions.raise_compiler_error('The variable connectors names none that supplies a table') -}}
{%- endif -%}
{%- if execute -%}
{%- for source, table in loads %}
{%- set only_grows = table in var('growing_tables') -%}
{%- set growing_drop = var('max_growing_load_drop_share') if only_grows else none -%}
{%- set growing_warning = 0 if only_grows else none %}
select
    '{{ source }}' as source_system,
    '{{ table }}' as table_name,
    {{ only_grows | lower }} as only_grows,
    {{ tolerated('max_rejected_share', table) }} as max_rejected_share,
    '{{ tolerated_of_others('max_rejected_share', table) }}' as max_rejected_share_of_others,
    {{ tolerated('max_load_drop_share', table, growing_drop) }} as max_load_drop_share,
    '{{ tolerated_of_others('max_load_drop_share', table) }}' as max_load_drop_share_of_others,
    {{ tolerated('warn_load_drop_share', table, growing_warning) }} as warn_load_drop_share,
    {{ tolerated('max_unknown_share', table) }} as max_unknown_share,
    '{{ tolerated_of_others('max_unknown_share', table) }}' as max_unknown_share_of_others,
    '{{ var("id_sources").get(source, "") }}' as id_source,
    '{{ var("source_time_zones").get(source, "UTC") }}' as source_time_zone,
    '{{ var("reporting_time_zone") }}' as reporting_time_zone,
    '{{ var("calendar_start") }}' as calendar_start,
    '{{ var("calendar_end") }}' as calendar_end
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{%- endif %}
