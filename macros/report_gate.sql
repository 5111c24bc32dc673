{#-
    Runs at the end of every dbt command: says in plain words what the gates stopped or set aside.
    dbt itself prints of a failed test only how many rows it returned.
-#}
{% macro report_gate() -%}
    {%- if execute -%}
        {%- for result in results if result.node.resource_type == 'model' and result.status == 'success' -%}
            {%- if result.node.name in ['extract_checks', 'input_checks'] -%}
                {{- _report_gate(result.node.name) -}}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro _report_gate(model_name) -%}
    {%- set findings = run_query(
        "select severity, message, unexpected_count from quality." ~ model_name
        ~ " where not is_met order by severity, unexpected_count desc, message"
    ) -%}
    {%- set critical = [] -%}
    {%- set rejected = [] -%}
    {%- for finding in findings.rows -%}
        {%- if finding['severity'] == 'critical' -%}
            {%- do critical.append(finding['message']) -%}
        {%- elif finding['severity'] == 'reject' -%}
            {%- do rejected.append(finding['message']) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if critical -%}
        {%- do log('', info=true) -%}
        {%- do log('The inputs break ' ~ critical | length ~ ' critical rule(s). Nothing was published: readers keep the last good file.', info=true) -%}
        {%- for message in critical -%}
            {%- do log('  STOP    ' ~ message, info=true) -%}
        {%- endfor -%}
    {%- elif rejected -%}
        {%- do log('', info=true) -%}
        {%- do log('Rows set aside in quality.rejected_rows:', info=true) -%}
        {%- for message in rejected -%}
            {%- do log('  REJECT  ' ~ message, info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
