{%- if execute -%}
{%- do check_connectors() -%}
{%- endif -%}
{%- set loads = [] -%}
{%- for connector in var('connectors') -%}
{%- for table in tables_of(connector) -%}
{%- do loads.append([connector, table]) -%}
{%- endfor -%}
{%- endfor -%}
{%- if execute and not loads -%}
{{- exceptions.raise_compiler_error('The variable connectors names none that supplies a table') -}}
{%- endif -%}
{%- for load in loads %}
select
    '{{ load[0] }}' as source_system,
    '{{ load[1] }}' as table_name,
    {{ var('max_rejected_share') }} as max_rejected_share,
    {{ var('max_load_drop_share') }} as max_load_drop_share,
    '{{ var("calendar_start") }}' as calendar_start,
    '{{ var("calendar_end") }}' as calendar_end
{% if not loop.last %}union all{% endif %}
{%- endfor %}
