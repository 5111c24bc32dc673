{#-
    The tolerance of the gate for an input table, 0 to 1. The variable is one number for all tables,
    or {default: 0.05, invoices: 0.25}. `unnamed` replaces the default for a table that the variable
    does not name.
-#}
{% macro tolerated(variable, table, unnamed=none) -%}
    {%- set shares = _shares(variable) -%}
    {{- return(shares.get(table, shares['default'] if unnamed is none else unnamed)) -}}
{%- endmacro %}


{#-
    The setting of such a variable for all other tables, as it is written. The gate shows how to let
    one table pass, and that advice must keep the settings of the others.
-#}
{% macro tolerated_of_others(variable, table) -%}
    {%- set others = [] -%}
    {%- for name, share in _shares(variable).items() if name != table -%}
        {%- do others.append(name ~ ': ' ~ share) -%}
    {%- endfor -%}
    {{- return(others | join(', ')) -}}
{%- endmacro %}


{#- The shares of a setting by table, also where it has one for all. -#}
{% macro _shares(variable) -%}
    {%- set given = var(variable) -%}
    {%- set shares = given if given is mapping else {'default': given} -%}
    {{- return(shares) -}}
{%- endmacro %}
