{#- The nearest of the known names, if one is near. -#}
{% macro nearest(name, known) -%}
    {%- set nearest = namespace(name=none, distance=(name | string | length) // 3 + 1) -%}
    {%- for candidate in known -%}
        {%- set distance = edit_distance(name | string, candidate, nearest.distance) -%}
        {%- if distance < nearest.distance -%}
            {%- set nearest.name = candidate -%}
            {%- set nearest.distance = distance -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(nearest.name) -}}
{%- endmacro %}


{#- The nearest of the known names as the end of a sentence; empty if none is near. -#}
{% macro did_you_mean(name, known) -%}
    {%- set near = nearest(name, known) -%}
    {{- return('; did you mean ' ~ near ~ '?' if near else '') -}}
{%- endmacro %}


{#-
    How many letters must be changed, added or left out to make one name of another, case aside; at
    most `limit`, at which the count ends.
-#}
{% macro edit_distance(one, other, limit) -%}
    {%- set one, other = one | lower, other | lower -%}
    {%- if (one | length - other | length) | abs >= limit -%}
        {{- return(limit) -}}
    {%- endif -%}
    {%- set rows = [range(other | length + 1) | list] -%}
    {%- for letter in one -%}
        {%- set above = rows[-1] -%}
        {%- set row = [loop.index] -%}
        {%- for other_letter in other -%}
            {%- do row.append([
                above[loop.index] + 1,
                row[-1] + 1,
                above[loop.index0] + (0 if letter == other_letter else 1),
            ] | min) -%}
        {%- endfor -%}
        {%- do rows.append(row) -%}
    {%- endfor -%}
    {{- return([rows[-1][-1], limit] | min) -}}
{%- endmacro %}
