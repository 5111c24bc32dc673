{#- The text of dbt_project.yml; dbt itself does not tell which variables it has. -#}
{% macro project_file() -%} {{- return(adapter.dispatch('project_file')()) -}} {%- endmacro %}
{% macro default__project_file() -%} {{- return('{}') -}} {%- endmacro %}
{% macro duckdb__project_file() -%}
    {%- set path = invocation_args_dict.project_dir ~ '/dbt_project.yml' -%}
    {{- return(run_query(
        "select content from read_text('" ~ escape_single_quotes(path) ~ "')"
    ).columns[0].values()[0]) -}}
{%- endmacro %}


{#- The currencies of the seed, before it is loaded; none where an engine cannot read files. -#}
{% macro seed_currencies() -%} {{- return(adapter.dispatch('seed_currencies')()) -}} {%- endmacro %}
{% macro default__seed_currencies() -%} {{- return([]) -}} {%- endmacro %}
{% macro duckdb__seed_currencies() -%}
    {%- set path = invocation_args_dict.project_dir ~ '/seeds/reference/currency_rates.csv' -%}
    {{- return(run_query(
        "select trim(currency) from read_csv('" ~ escape_single_quotes(path)
        ~ "', all_varchar = true)"
    ).columns[0].values() | list) -}}
{%- endmacro %}
