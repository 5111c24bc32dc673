{{ config(enabled=connector_is_active('maven')) }}

{#- The four stages stand in the data dictionary, not in a file. -#}
{%- set stages = [
    ('Prospecting', 1, 'false', 'false'),
    ('Engaging', 2, 'false', 'false'),
    ('Won', 3, 'true', 'true'),
    ('Lost', 4, 'true', 'false'),
] -%}
{%- for stage in stages %}
select
    'sales' as pipeline_id,
    'Sales' as pipeline_name,
    '{{ stage[0] }}' as stage_id,
    '{{ stage[0] }}' as stage_name,
    '{{ stage[1] }}' as stage_order,
    '{{ stage[2] }}' as is_closed,
    '{{ stage[3] }}' as is_won,
    'false' as is_archived
{% if not loop.last %}union all{% endif %}
{%- endfor %}
