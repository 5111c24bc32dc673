{#- HubSpot's internal names of the lifecycle stages, in the words of the input contract. -#}
{% macro demo_lifecycle_stage(column) -%}
    case {{ column }}
        when 'marketingqualifiedlead' then 'mql'
        when 'salesqualifiedlead' then 'sql'
        else {{ column }}
    end
{%- endmacro %}
