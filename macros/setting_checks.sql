{#-
    Runs at the start of every dbt command that builds: refuses all wrong settings at once, before
    anything is computed.
-#}
{% macro check_settings() -%}
    {%- if execute -%}
        {%- do refuse_settings(all_setting_faults()) -%}
    {%- endif -%}
{%- endmacro %}


{#- Stops the build with the faults of its settings, if there are any. -#}
{% macro refuse_settings(faults) -%}
    {%- if faults -%}
        {{- exceptions.raise_compiler_error(
            'The build was not started: ' ~ faults | length
            ~ ' wrong setting(s) in the variables of dbt_project.yml or in --vars.\n  '
            ~ faults | join('\n  ')
        ) -}}
    {%- endif -%}
{%- endmacro %}


{#- One sentence for each wrong setting. -#}
{% macro all_setting_faults() -%}
    {%- set definitions = setting_definitions() -%}
    {%- set faults = [] -%}
    {%- for name in given_settings() if name not in definitions -%}
        {%- do faults.append(
            name ~ ': there is no such setting' ~ did_you_mean(name, definitions)
        ) -%}
    {%- endfor -%}
    {%- set refused = [] -%}
    {%- for name in definitions if setting_faults(name, var(name, none)) -%}
        {%- do refused.append(name) -%}
        {%- do faults.extend(setting_faults(name, var(name, none))) -%}
    {%- endfor -%}
    {%- set days = ['calendar_start', 'calendar_end', 'reporting_date'] -%}
    {%- if not days | select('in', refused) | list -%}
        {%- do faults.extend(faults_of_calendar()) -%}
    {%- endif -%}
    {%- if not ['spend_cuts', 'credit_cuts'] | select('in', refused) | list -%}
        {%- do faults.extend(faults_of_credit_cuts()) -%}
    {%- endif -%}
    {{- return(faults) -}}
{%- endmacro %}


{#- The names of all variables that are set: for this build, or in dbt_project.yml. -#}
{% macro given_settings() -%}
    {%- set names = invocation_args_dict.vars | list -%}
    {%- if execute -%}
        {%- set declared = fromyaml(project_file()).get('vars') or {} -%}
        {%- for name, value in declared.items() -%}
            {#- dbt takes variables of one project from below its name too. -#}
            {%- set is_project = name == project_name and value is mapping -%}
            {%- do names.extend(value | list if is_project else [name]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(names | unique | list) -}}
{%- endmacro %}


{#-
    The faults of one setting, as sentences that begin with its name: its type and range, then the
    names in it. Names of models and seeds are known only once dbt has parsed.
-#}
{% macro setting_faults(name, value) -%}
    {%- set definition = setting_definitions()[name] -%}
    {%- set parts = {name: value} -%}
    {%- set faults = [] -%}
    {%- if definition.by_table and value is mapping -%}
        {%- set parts = {} -%}
        {%- for table, part in value.items() -%}
            {%- do parts.update({name ~ '.' ~ table: part}) -%}
        {%- endfor -%}
        {%- if 'default' not in value -%}
            {%- do faults.append(
                name ~ ': it has no default for the tables that it does not name'
            ) -%}
        {%- endif -%}
        {%- set tables = value | reject('eq', 'default') -%}
        {%- do faults.extend(unknown_tables(name, tables)) -%}
    {%- endif -%}
    {%- for place, part in parts.items() if not is_allowed(definition, part) -%}
        {%- do faults.append(
            place ~ ': ' ~ shown_setting(part) ~ ' is not ' ~ allowed_values(definition)
            ~ hint_on_setting(definition, part)
        ) -%}
    {%- endfor -%}
    {{- return(faults or faults_of_names(name, definition, value)) -}}
{%- endmacro %}


{#- Every cut of the marketing costs must also be a cut of the returns. -#}
{% macro faults_of_credit_cuts() -%}
    {%- set faults = [] -%}
    {%- for dimension, column in var('spend_cuts').items()
        if var('credit_cuts').get(dimension) != column -%}
        {%- do faults.append(
            'credit_cuts: it lacks ' ~ dimension ~ ': ' ~ column ~ ', which spend_cuts has'
        ) -%}
    {%- endfor -%}
    {%- for dimension, columns in var('credit_cuts').items()
        if columns is not string and var('spend_cuts').get(dimension) != columns -%}
        {%- do faults.append(
            'credit_cuts: ' ~ dimension ~ ' is a pair that splits returns and no costs, which only a '
            ~ 'single column can'
        ) -%}
    {%- endfor -%}
    {{- return(faults) -}}
{%- endmacro %}


{#- The faults of days that are valid alone and do not fit together. -#}
{% macro faults_of_calendar() -%}
    {%- set first, last = var('calendar_start') | string, var('calendar_end') | string -%}
    {%- set reporting_date = (var('reporting_date') or '') | string -%}
    {%- if first >= last -%}
        {{- return(['calendar_start: ' ~ first ~ ' does not lie before calendar_end, ' ~ last]) -}}
    {%- elif reporting_date and (reporting_date < first or reporting_date > last) -%}
        {{- return([
            'reporting_date: ' ~ reporting_date ~ ' does not lie within calendar_start and '
            ~ 'calendar_end, ' ~ first ~ ' to ' ~ last
        ]) -}}
    {%- endif -%}
    {{- return([]) -}}
{%- endmacro %}


{#-
    Refuses a `reporting_date` before the first day of the data, of which nothing could be reported.
    Runs once that day is known: after `int_reporting_date`.
-#}
{% macro refuse_report_before_data(relation) -%}
    {%- if execute and var('reporting_date') -%}
        {%- set days = run_query(
            'select first_date, reporting_date from ' ~ relation ~ ' where reporting_date < first_date'
        ) -%}
        {%- for row in days.rows -%}
            {{- exceptions.raise_compiler_error(
                'reporting_date: ' ~ row['reporting_date'] ~ ' lies before the first day of the data, '
                ~ row['first_date'] ~ ': there is nothing to report'
            ) -}}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
