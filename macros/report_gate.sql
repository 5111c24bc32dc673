{#-
    Runs at the end of every dbt command: says in plain words what the gates stopped or set aside,
    and up to which day the report goes. For a failed test, dbt itself only prints the number of
    rows.
-#}
{% macro report_gate() -%}
    {%- if execute -%}
        {%- for result in results if result.node.resource_type == 'model' and result.status == 'success' -%}
            {%- if result.node.name in ['extract_checks', 'input_checks'] -%}
                {{- _report_gate(result.node.name) -}}
            {%- elif result.node.name == 'internal_rows' -%}
                {{- _report_internal_rows() -}}
            {%- elif result.node.name == 'int_deals_excluded' -%}
                {{- _report_excluded_deals(result.node.relation_name) -}}
            {%- elif result.node.name == 'int_reporting_date' -%}
                {{- _report_last_day(result.node.schema) -}}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- Causes are listed; findings that follow from them are only counted. -#}
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


{#- Says how many internal and test records no figure counts, and how many rows belong to them. -#}
{% macro _report_internal_rows() -%}
    {%- set found = run_query(
        "select table_name, count(*) as row_count from quality.internal_rows"
        ~ " where rule = 'is_an_internal_record' or table_name in"
        ~ " ('companies', 'contacts', 'deals', 'subscriptions')"
        ~ " group by table_name order by table_name"
    ).rows -%}
    {%- set others = run_query(
        "select count(*) as row_count from quality.internal_rows where table_name not in"
        ~ " ('companies', 'contacts', 'deals', 'subscriptions')"
    ).rows[0]['row_count'] | int -%}
    {%- set words = [] -%}
    {%- for table in found -%}
        {%- do words.append('{:,}'.format(table['row_count'] | int) ~ ' row(s) of ' ~ table['table_name']) -%}
    {%- endfor -%}
    {%- if words -%}
        {%- do log('', info=true) -%}
        {%- do log('Internal and test records, which seeds/reference/internal_records.csv names and no figure counts: '
            ~ words | join(', ') ~ '; ' ~ '{:,}'.format(others)
            ~ ' more row(s) belong to them. See quality.internal_rows.', info=true) -%}
    {%- endif -%}
{%- endmacro %}


{#- Says how many deals no figure counts, because they were lost for an excluded reason. -#}
{% macro _report_excluded_deals(relation) -%}
    {%- set found = run_query(
        "select excluded_reason, count(*) as deal_count from " ~ relation
        ~ " group by excluded_reason order by deal_count desc, excluded_reason"
    ).rows -%}
    {%- set words = [] -%}
    {%- for reason in found -%}
        {%- do words.append(reason['excluded_reason'] ~ ' ' ~ '{:,}'.format(reason['deal_count'] | int)) -%}
    {%- endfor -%}
    {%- if words -%}
        {%- do log('', info=true) -%}
        {%- do log('Deals that no figure counts, lost for a reason that seeds/reference/excluded_loss_reasons.csv names: '
            ~ words | join(', ') ~ '. See marts.fct_excluded_deals.', info=true) -%}
    {%- endif -%}
{%- endmacro %}


{#-
    Says up to which day the report goes, and which table decided: the one with most rows on that
    day. It warns of a table that is days ahead of all others, of a date that no system wrote, and
    of rows that are not counted because they lie after it. A stated date needs no warning.
-#}
{% macro _report_last_day(schema) -%}
    {%- set report = run_query(
        "select reporting_date, last_date, evidence from " ~ schema ~ ".int_reporting_date"
    ).rows[0] -%}
    {%- set tables = run_query(
        "select"
        ~ " days.table_name,"
        ~ " days.evidence,"
        ~ " max(case when days.input_date <= report.last_date then days.input_date end) as last_date,"
        ~ " sum(case when days.input_date = report.last_date then days.row_count else 0 end)"
        ~ " as row_count,"
        ~ " max(days.input_date) as latest_date,"
        ~ " sum(case when days.input_date > report.last_date then days.row_count else 0 end)"
        ~ " as later_row_count"
        ~ " from " ~ schema ~ ".int_input_days_counted as days"
        ~ " cross join " ~ schema ~ ".int_reporting_date as report"
        ~ " where days.evidence > 0 and (days.evidence <= 2 or days.evidence = report.evidence)"
        ~ " group by days.table_name, days.evidence"
        ~ " order by row_count desc, days.table_name"
    ).rows -%}
    {%- set deciding = tables | selectattr('evidence', 'equalto', report['evidence']) | list -%}
    {%- do log('', info=true) -%}
    {%- if var('reporting_date') -%}
        {%- set data_end = ' The last day of the data is ' ~ report['last_date'] ~ ', by '
            ~ deciding[0]['table_name'] ~ '.' if deciding else '' -%}
        {%- do log('Reported up to ' ~ report['reporting_date'] ~ ', as the variable reporting_date says.'
            ~ data_end, info=true) -%}
    {%- elif not deciding -%}
        {%- do log('Reported up to no day: no table has a moment or a day. State reporting_date.', info=true) -%}
    {%- else -%}
        {%- set table = deciding[0]['table_name'] -%}
        {%- do log('Reported up to ' ~ report['reporting_date'] ~ ', by ' ~ table ~ '.', info=true) -%}
        {%- set others = deciding[1:] | selectattr('last_date') | sort(attribute='last_date', reverse=true) | list -%}
        {%- set days_ahead = (report['last_date'] - others[0]['last_date']).days if others else 0 -%}
        {%- if report['evidence'] == 1 and days_ahead > 3 -%}
            {%- do log('  WARN    ' ~ table ~ ' is ' ~ days_ahead ~ ' days ahead of all other tables; the next is '
                ~ others[0]['table_name'] ~ ', up to ' ~ others[0]['last_date']
                ~ '. State reporting_date if the data ends before.', info=true) -%}
        {%- elif report['evidence'] > 1 -%}
            {%- set alone = {2: 'activities alone, which may be planned', 5: 'costs alone'}.get(
                report['evidence'], 'billing alone'
            ) -%}
            {%- do log('  WARN    the date comes from ' ~ alone ~ ': no table has a moment that a system wrote.'
                ~ ' State reporting_date if the data ends on another day.', info=true) -%}
        {%- endif -%}
        {%- for late in tables if late['later_row_count'] -%}
            {%- set cause = 'may be planned' if late['evidence'] == 2 and report['evidence'] != 2
                else 'follow a long silence' -%}
            {%- do log('  WARN    ' ~ late['table_name'] ~ ': ' ~ '{:,}'.format(late['later_row_count'] | int)
                ~ ' row(s) after that day, up to ' ~ late['latest_date'] ~ ', ' ~ cause
                ~ ' and are not counted yet. State reporting_date if they have happened.', info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
