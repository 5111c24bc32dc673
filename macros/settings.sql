{#-
    The settings of the project: the variables of dbt_project.yml, which --vars may change for one
    build. One line each says what a setting may be; its name is known by standing here.

    type          who reads the value, and what it must be: see `allowed_values`
    from, to      the range of a number, both ends allowed
    may_be_empty  '' switches the setting off
    by_table      a mapping of input tables to values may stand for the value, with a `default`
    columns_of    the marts that a cut's columns must all stand in
-#}
{% macro setting_definitions() -%}
{{- return({
    'connectors': {'type': 'connectors'},
    'connector_tables': {'type': 'connector_tables'},
    'extracts_dir': {'type': 'folders'},
    'source_time_zones': {'type': 'time_zones'},
    'reporting_date': {'type': 'day', 'may_be_empty': true},
    'reporting_currency': {'type': 'currency'},
    'reporting_time_zone': {'type': 'time_zone'},
    'fiscal_year_start_month': {'type': 'whole_number', 'from': 1, 'to': 12},
    'week_starts_on': {'type': 'one_of', 'choices': [
        'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'
    ]},
    'count_archived_records': {'type': 'boolean'},
    'cohort_horizon_days': {'type': 'whole_number', 'from': 1, 'to': 3650},
    'cac_lag_months': {'type': 'whole_number', 'from': 0, 'to': 60},
    'clv_discount_rate': {'type': 'number', 'from': 0, 'to': 1},
    'clv_max_lifetime_years': {'type': 'number', 'from': 0.1, 'to': 100, 'may_be_empty': true},
    'attribution_window_days': {
        'type': 'whole_number', 'from': 0, 'to': 3650, 'may_be_empty': true
    },
    'past_due_grace_days': {'type': 'whole_number', 'from': 0, 'to': 3650},
    'mrr_exchange_rates': {'type': 'one_of', 'choices': ['market', 'fixed']},
    'rep_roles': {'type': 'texts'},
    'pay_by_rep': {'type': 'boolean'},
    'internal_hostnames': {'type': 'texts'},
    'calendar_start': {'type': 'day'},
    'calendar_end': {'type': 'day'},
    'max_rejected_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'max_load_drop_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'max_growing_load_drop_share': {'type': 'number', 'from': 0, 'to': 1},
    'warn_load_drop_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'growing_tables': {'type': 'tables'},
    'max_unknown_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'kept_generations': {'type': 'whole_number', 'from': 0, 'to': 100},
    'contact_cuts': {'type': 'cuts', 'columns_of': ['fct_contact_funnel']},
    'deal_cuts': {'type': 'cuts', 'columns_of': ['fct_deals']},
    'pipeline_cuts': {'type': 'cuts', 'columns_of': ['fct_pipeline_balances']},
    'quota_cuts': {
        'type': 'cuts', 'columns_of': ['fct_quota_months', 'fct_pipeline_months', 'fct_deals']
    },
    'customer_cuts': {'type': 'cuts', 'columns_of': [
        'fct_customer_periods', 'fct_customer_revenue_months', 'fct_intra_month_churn',
        'fct_invoice_lines', 'fct_mrr_months', 'fct_mrr_movements', 'fct_subscription_months'
    ]},
    'invoice_cuts': {'type': 'cuts', 'columns_of': [
        'fct_invoices', 'fct_mrr_movements', 'fct_subscription_months'
    ]},
    'feedback_cuts': {'type': 'cuts', 'columns_of': ['fct_feedback']},
    'visit_cuts': {
        'type': 'cuts', 'columns_of': [
            'fct_contact_funnel', 'fct_touches', 'fct_visitors', 'fct_web_sessions'
        ]
    },
    'spend_cuts': {
        'type': 'cuts', 'columns_of': ['fct_contact_funnel', 'fct_costs', 'fct_deal_credits']
    },
    'cost_cuts': {'type': 'cuts', 'columns_of': ['fct_costs']},
    'rep_cuts': {'type': 'cuts', 'columns_of': ['fct_rep_months']},
}) -}}
{%- endmacro %}


{#- The allowed values of a setting, in the words of the message that refuses others. -#}
{% macro allowed_values(definition) -%}
    {%- set range = 'from ' ~ definition.from ~ ' to ' ~ definition.to -%}
    {%- set words = {
        'boolean': 'true or false',
        'connector_tables': 'a list of input tables for each connector, like {demo: [deals]}',
        'connectors': 'a list of connectors of connector_tables, each once, like [demo]',
        'currency': 'a currency of currency_rates',
        'cuts': 'names and text columns of the mart, like {owner: owner_name}',
        'day': 'a day like 2025-12-31',
        'folders': 'a folder, or one for each connector, like {demo: seeds/demo}',
        'number': 'a number ' ~ range,
        'one_of': (definition.choices or []) | join(' or '),
        'tables': 'a list of input tables, like [invoices]',
        'texts': 'a list of texts, like [one, two]',
        'time_zone': 'a time zone like Europe/Paris',
        'time_zones': 'a time zone for each connector, like {demo: Europe/Paris}, or {}',
        'whole_number': 'a whole number ' ~ range,
    }[definition.type] -%}
    {{- return(
        words
        ~ (', or such numbers by input table with a default' if definition.by_table else '')
        ~ (', or empty' if definition.may_be_empty else '')
    ) -}}
{%- endmacro %}


{#-
    Runs at the start of every dbt command that builds: refuses all wrong settings at once, before
    anything is computed.
-#}
{% macro check_settings() -%}
    {%- if execute -%}
        {%- do refuse_settings(all_setting_faults()) -%}
    {%- endif -%}
{%- endmacro %}


{#-
    A setting that SQL loops over. dbt does that while it parses, before `check_settings` can run:
    it would end in a message of Jinja's if the value were no list.
-#}
{% macro setting(name) -%}
    {%- if setting_faults(name, var(name)) -%}
        {%- do refuse_settings(all_setting_faults()) -%}
    {%- endif -%}
    {{- return(var(name)) -}}
{%- endmacro %}


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


{#-
    What is wrong with one setting, as sentences that begin with its name: its type and range, then
    the names in it. Names of models and seeds are known only once dbt has parsed.
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
        {%- do faults.extend(unknown_names(name, tables, input_tables(), 'input table')) -%}
    {%- endif -%}
    {%- for place, part in parts.items() if not is_allowed(definition, part) -%}
        {%- do faults.append(
            place ~ ': ' ~ shown_setting(part) ~ ' is not ' ~ allowed_values(definition)
            ~ hint_on_setting(definition, part)
        ) -%}
    {%- endfor -%}
    {{- return(faults or faults_of_names(name, definition, value)) -}}
{%- endmacro %}


{#- The faults of the names in a setting of the right type. -#}
{% macro faults_of_names(name, definition, value) -%}
    {%- if definition.type == 'cuts' and execute -%}
        {{- return(faults_of_cuts(name, value, definition.columns_of)) -}}
    {%- elif definition.type == 'currency' and execute -%}
        {{- return(faults_of_currency(name, value)) -}}
    {%- elif definition.type == 'connector_tables' -%}
        {%- set faults = [] -%}
        {%- for connector, tables in value.items() -%}
            {%- do faults.extend(
                unknown_names(name ~ '.' ~ connector, tables, input_tables(), 'input table')
            ) -%}
        {%- endfor -%}
        {{- return(faults) -}}
    {%- elif definition.type == 'tables' -%}
        {{- return(unknown_names(name, value, input_tables(), 'input table')) -}}
    {%- elif definition.type in ['connectors', 'time_zones'] -%}
        {%- set tables = var('connector_tables', none) -%}
        {{- return(unknown_names(name, value, tables if tables is mapping else [], 'connector')) -}}
    {%- endif -%}
    {{- return([]) -}}
{%- endmacro %}


{#- A value as its owner wrote it: text in quotes, so that '5' and 5 look different. -#}
{% macro shown_setting(value) -%}
    {%- if value is none or value is undefined -%}
        {{- return('nothing') -}}
    {%- elif value is boolean -%}
        {{- return(value | lower) -}}
    {%- elif value is string -%}
        {{- return("'" ~ value ~ "'") -}}
    {%- endif -%}
    {{- return(value | string) -}}
{%- endmacro %}


{#- Whether a value is of a definition's type and in its range. -#}
{% macro is_allowed(definition, value) -%}
    {%- set type = definition.type -%}
    {%- set is_list = value is sequence and value is not string and value is not mapping -%}
    {%- if value is none or value is undefined -%}
        {{- return(definition.may_be_empty or false) -}}
    {%- elif definition.may_be_empty and value is string and value == '' -%}
        {{- return(true) -}}
    {%- elif type == 'boolean' -%}
        {{- return(value is boolean) -}}
    {%- elif type in ['whole_number', 'number'] -%}
        {{- return(
            (value is integer or (value is float and type == 'number'))
            and definition.from <= value and value <= definition.to
        ) -}}
    {%- elif type == 'day' -%}
        {{- return(is_day(value | string)) -}}
    {%- elif type == 'one_of' -%}
        {{- return(value in definition.choices) -}}
    {%- elif type in ['texts', 'connectors', 'tables'] -%}
        {{- return(
            is_list
            and value | reject('string') | list | length == 0
            and (type != 'connectors' or value | unique | list | length == value | length)
        ) -}}
    {%- elif type == 'currency' -%}
        {{- return(value is string and modules.re.fullmatch('[A-Z]{3}', value) is not none) -}}
    {%- elif type == 'time_zone' -%}
        {{- return(value is string and value in modules.pytz.all_timezones_set) -}}
    {%- elif type == 'folders' and value is not mapping -%}
        {{- return(value is string) -}}
    {%- elif value is not mapping -%}
        {{- return(false) -}}
    {%- elif type == 'connector_tables' -%}
        {%- for tables in value.values() if tables is string or tables is not sequence -%}
            {{- return(false) -}}
        {%- endfor -%}
        {{- return(true) -}}
    {%- elif type == 'time_zones' -%}
        {{- return(
            value.values() | reject('in', modules.pytz.all_timezones) | list | length == 0
        ) -}}
    {%- endif -%}
    {{- return(value.values() | reject('string') | list | length == 0) -}}
{%- endmacro %}


{#- Whether a text is a day that the calendar has. -#}
{% macro is_day(text) -%}
    {%- set found = modules.re.fullmatch('([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})', text) -%}
    {%- if not found -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- set month, day = found[2] | int, found[3] | int -%}
    {%- if month < 1 or month > 12 or day < 1 or day > 31 -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- set first_day = modules.datetime.date(found[1] | int, month, 1) -%}
    {{- return((first_day + modules.datetime.timedelta(days=day - 1)).month == month) -}}
{%- endmacro %}


{#- The value that the user may have meant, as the end of a sentence. -#}
{% macro hint_on_setting(definition, value) -%}
    {%- set type = definition.type -%}
    {%- if type == 'time_zone' and value is string -%}
        {{- return(did_you_mean(value, modules.pytz.all_timezones)) -}}
    {%- elif type == 'one_of' and value is string -%}
        {{- return(did_you_mean(value, definition.choices)) -}}
    {%- elif type == 'currency' and is_allowed(definition, value | upper) -%}
        {{- return('; did you mean ' ~ value | upper ~ '?') -}}
    {%- elif type == 'boolean' and value is string and value | lower in ['true', 'false'] -%}
        {{- return('; write it without quotes') -}}
    {%- elif type in ['whole_number', 'number'] and value is string
        and modules.re.fullmatch('[0-9.]+', value) -%}
        {{- return('; write it without quotes') -}}
    {%- elif type == 'number' and definition.to == 1 and value is number
        and 1 < value and value <= 100 -%}
        {{- return('; ' ~ value ~ ' % is ' ~ value / 100) -}}
    {%- endif -%}
    {{- return('') -}}
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


{% macro faults_of_currency(name, currency) -%}
    {%- set currencies = seed_currencies() -%}
    {%- if currencies and currency not in currencies -%}
        {{- return([
            name ~ ": '" ~ currency ~ "' has no rate in seeds/reference/currency_rates.csv, which has "
            ~ currencies | sort | join(', ')
        ]) -}}
    {%- endif -%}
    {{- return([]) -}}
{%- endmacro %}


{#- A dimension is written into SQL and into the KPIs' rows; `all` is the total. -#}
{% macro faults_of_cuts(name, cuts, marts) -%}
    {%- set faults = [] -%}
    {%- set columns = [] -%}
    {%- for mart in marts -%}
        {%- set of_mart = text_columns(mart) -%}
        {%- do columns.append(of_mart if loop.first else columns[-1] | select('in', of_mart) | list) -%}
    {%- endfor -%}
    {%- for dimension, column in cuts.items() -%}
        {%- set place = name ~ '.' ~ dimension -%}
        {%- if dimension == 'all' or not modules.re.fullmatch('[a-z][a-z0-9_]*', dimension | string) -%}
            {%- do faults.append(
                place ~ ': a dimension is named in small letters, digits and _, and not all'
            ) -%}
        {%- endif -%}
        {%- if column not in columns[-1] -%}
            {%- do faults.append(
                place ~ ": '" ~ column ~ "' is no text column of " ~ marts | join(' and ') ~ ', ids aside'
                ~ did_you_mean(column, columns[-1])
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(faults) -}}
{%- endmacro %}


{#- The text columns of a mart, by its contract, but for ids: not all of its KPIs pass those on. -#}
{% macro text_columns(mart) -%}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == mart -%}
        {%- for column in node.columns.values()
            if column.data_type in ['varchar', 'text', 'string'] and not column.name.endswith('_id') -%}
            {%- do names.append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(names) -}}
{%- endmacro %}


{#- The input tables of the project; none while dbt parses, when it does not know them yet. -#}
{% macro input_tables() -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.schema == 'inputs' -%}
            {%- do names.append(node.name | replace('input_', '', 1)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(names) -}}
{%- endmacro %}


{#- A sentence for each name that is none of the known ones; none where no name is known. -#}
{% macro unknown_names(place, names, known, thing) -%}
    {%- set faults = [] -%}
    {%- for name in names if known and name not in known -%}
        {%- do faults.append(
            place ~ ": there is no " ~ thing ~ " '" ~ name ~ "'"
            ~ (did_you_mean(name, known) or '; there are ' ~ known | sort | join(', '))
        ) -%}
    {%- endfor -%}
    {{- return(faults) -}}
{%- endmacro %}


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
