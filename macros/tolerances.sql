{#-
    What the gate tolerates of an input table, 0 to 1. The variable is one number for all tables, or
    {default: 0.05, invoices: 0.25}. `unnamed` is what holds, instead of the default, for a table that
    it does not name.
-#}
{% macro tolerated(variable, table, unnamed=none) -%}
    {%- set shares = _shares(variable) -%}
    {{- return(shares.get(table, shares['default'] if unnamed is none else unnamed)) -}}
{%- endmacro %}


{#-
    What such a variable says of all other tables, as it is written: the gate shows how to let one
    table pass, and what is set for the others must not be lost.
-#}
{% macro tolerated_of_others(variable, table) -%}
    {%- set others = [] -%}
    {%- for name, share in _shares(variable).items() if name != table -%}
        {%- do others.append(name ~ ': ' ~ share) -%}
    {%- endfor -%}
    {{- return(others | join(', ')) -}}
{%- endmacro %}


{% macro _shares(variable) -%}
    {%- set given = var(variable) -%}
    {%- set shares = given if given is mapping else {'default': given} -%}
    {{- return(shares) -}}
{%- endmacro %}
