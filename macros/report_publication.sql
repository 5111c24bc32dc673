{#-
    Runs at the end of every dbt command: says why the publication was not possible, or what it
    found beside the published file.
-#}
{% macro report_publication() -%}
    {%- if execute -%}
        {%- for result in results if result.node.name == 'publications' and result.status == 'success' -%}
            {%- set last = run_query(
                "select outcome, message from quality.publications "
                ~ "where message is not null "
                ~ "and published_at = (select max(published_at) from quality.publications)"
            ) -%}
            {%- for row in last.rows -%}
                {%- do log('', info=true) -%}
                {%- if row['outcome'] == 'not_published' -%}
                    {%- do log('Nothing was published: ' ~ row['message'], info=true) -%}
                {%- else -%}
                    {%- do log(row['message'], info=true) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
