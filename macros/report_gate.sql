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


{#- A cause is told, what follows from it is only counted. -#}
{% macro _report_gate(model_name) -%}
    {%- set findings = run_query(
        "select severity, message, explained_by is null as is_cause from quality." ~ model_name
        ~ " where not is_met order by severity, unexpected_count desc, message"
    ) -%}
    {%- set causes = [] -%}
    {%- set consequences = [] -%}
    {%- set rejected = [] -%}
    {%- set blanked = [] -%}
    {%- set warned = [] -%}
    {%- for finding in findings.rows -%}
        {%- if finding['severity'] == 'critical' -%}
            {%- do (causes if finding['is_cause'] else consequences).append(finding['message']) -%}
        {%- elif finding['severity'] == 'reject' -%}
            {%- do rejected.append(finding['message']) -%}
        {%- elif finding['severity'] == 'blank' -%}
            {%- do blanked.append(finding['message']) -%}
        {%- else -%}
            {%- do warned.append(finding['message']) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if causes -%}
        {%- do log('', info=true) -%}
        {%- do log('The inputs break ' ~ causes | length ~ ' critical rule(s). Nothing was published: readers keep the last good file.', info=true) -%}
        {%- for message in causes -%}
            {%- do log('  STOP    ' ~ message, info=true) -%}
        {%- endfor -%}
        {%- if consequences -%}
            {%- do log('  ' ~ consequences | length ~ ' more broken rule(s) follow from this: see explained_by in quality.' ~ model_name, info=true) -%}
        {%- endif -%}
    {%- else -%}
        {%- if rejected -%}
            {%- do log('', info=true) -%}
            {%- do log('Rows set aside in quality.rejected_rows:', info=true) -%}
            {%- for message in rejected -%}
                {%- do log('  REJECT  ' ~ message, info=true) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if blanked -%}
            {%- do log('', info=true) -%}
            {%- do log('Cells taken as empty, in quality.blanked_cells; their rows are counted:', info=true) -%}
            {%- for message in blanked -%}
                {%- do log('  BLANK   ' ~ message, info=true) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if warned -%}
            {%- do log('', info=true) -%}
            {%- do log('Rows that are counted, and worth a look:', info=true) -%}
            {%- for message in warned -%}
                {%- do log('  WARN    ' ~ message, info=true) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
