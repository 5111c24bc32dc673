{#- The integer `digits`, a text without a sign, with `separator` between its thousands. -#}
{% macro grouped_thousands(digits, separator) -%}
case
            when length({{ digits }}) > 9
                then
                    substring({{ digits }}, 1, length({{ digits }}) - 9) || '{{ separator }}'
                    || substring({{ digits }}, length({{ digits }}) - 8, 3) || '{{ separator }}'
                    || substring({{ digits }}, length({{ digits }}) - 5, 3) || '{{ separator }}'
                    || substring({{ digits }}, length({{ digits }}) - 2, 3)
            when length({{ digits }}) > 6
                then
                    substring({{ digits }}, 1, length({{ digits }}) - 6) || '{{ separator }}'
                    || substring({{ digits }}, length({{ digits }}) - 5, 3) || '{{ separator }}'
                    || substring({{ digits }}, length({{ digits }}) - 2, 3)
            when length({{ digits }}) > 3
                then
                    substring({{ digits }}, 1, length({{ digits }}) - 3) || '{{ separator }}'
                    || substring({{ digits }}, length({{ digits }}) - 2, 3)
            else {{ digits }}
        end
{%- endmacro %}
