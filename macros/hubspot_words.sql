{#- HubSpot's lifecycle stages, by their internal names or as people read them, in the contract's words. -#}
{% macro hubspot_lifecycle_stage(x) -%}
{{ word(x, {
        'marketingqualifiedlead': 'mql',
        'marketing qualified lead': 'mql',
        'salesqualifiedlead': 'sql',
        'sales qualified lead': 'sql',
    }, other='lower(' ~ cell_text(x) ~ ')') }}
{%- endmacro %}


{#- An id that is a number in one table and a text in another. -#}
{% macro hubspot_id(x) -%} {{ whole_id(cell_text(x)) }} {%- endmacro %}
