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
        {%- for tables in value.values()
            if tables != 'all' and (tables is string or tables is not sequence) -%}
            {{- return(false) -}}
        {%- endfor -%}
        {{- return(true) -}}
    {%- elif type == 'custom_columns' -%}
        {%- for table, columns in value.items() -%}
            {%- if table not in marts_of_custom_columns() or columns is string or columns is mapping
                or columns is not sequence or not are_custom_columns(columns) -%}
                {{- return(false) -}}
            {%- endif -%}
        {%- endfor -%}
        {{- return(true) -}}
    {%- elif type == 'formats' -%}
        {%- for format in value.values() if not is_format(format) -%}
            {{- return(false) -}}
        {%- endfor -%}
        {{- return(true) -}}
    {%- elif type == 'metadata_keys' -%}
        {%- for keys in value.values() if keys is not mapping
            or keys | reject('in', known_metadata_keys()) | list
            or keys.values() | reject('string') | list
            or modules.re.search('["\'\\\\]', keys.values() | join) -%}
            {{- return(false) -}}
        {%- endfor -%}
        {{- return(true) -}}
    {%- elif type == 'time_zones' -%}
        {{- return(
            value.values() | reject('in', modules.pytz.all_timezones) | list | length == 0
        ) -}}
    {%- elif type == 'cuts' -%}
        {%- for column in value.values() if column is mapping or column is not sequence -%}
            {{- return(false) -}}
        {%- endfor -%}
        {{- return(true) -}}
    {%- endif -%}
    {{- return(value.values() | reject('string') | list | length == 0) -}}
{%- endmacro %}


{#-
    Whether a list says which columns are carried from a source, each under a name of its own. Only
    text cuts figures.
-#}
{% macro are_custom_columns(columns) -%}
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- if column is not mapping or column | reject('in', ['name', 'from', 'type', 'cut']) | list
            or not modules.re.fullmatch('[a-z][a-z0-9_]*', column.name | string)
            or not (column['from'] is string or column['from'] is mapping)
            or column.type | default('text') not in ['text', 'number', 'day', 'flag']
            or column.cut | default(false) is not boolean
            or (column.cut and column.type | default('text') != 'text') -%}
            {{- return(false) -}}
        {%- endif -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{- return(names | unique | list | length == names | length) -}}
{%- endmacro %}


{#- Whether a mapping says how a source writes CSV files, days and numbers. -#}
{% macro is_format(format) -%}
    {%- if format is not mapping -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- set allowed = {
        'delimiter': 'tab|[^A-Za-z0-9"\r\n]', 'quote': '[^A-Za-z0-9\\s]',
        'encoding': extract_encodings() | join('|'), 'decimal_mark': '[.,]',
        'date_format': '(YYYY|MM|DD|Mon)([-/. ]?)(MM|DD|Mon)\\2(YYYY|MM|DD)',
        'currency': '[A-Z]{3}',
    } -%}
    {%- for name, value in format.items() -%}
        {%- if name not in allowed or value is not string
            or not modules.re.fullmatch(allowed[name], value)
            or (name == 'date_format' and 'YYYYMMDD' != modules.re.findall('YYYY|MM|DD', value)
                | sort(reverse=true) | join) -%}
            {{- return(false) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- return(true) -}}
{%- endmacro %}


{#- The encodings of CSV files that are read. -#}
{% macro extract_encodings() -%}
    {{- return(['utf-8', 'windows-1252', 'latin-1', 'utf-16']) -}}
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
