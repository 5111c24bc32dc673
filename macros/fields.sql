{#-
    A column of the one extract that a model reads: the column whose name is the same without case,
    underscores, blanks and the prefixes that loaders add (`property_`, `properties_`). Further names
    are others under which it may come, besides those of its meta `names`; the first that exists is
    taken. It is null where none exists and it may be missing: by `optional=true`, or by the meta
    `optional` of the column or of the extract. A column that the YAML does not declare is a typing
    error, unless `declared_as` says which one it stands for.
-#}
{% macro field(name) -%}
    {%- if not execute -%}
        {{- return(adapter.quote(name)) -}}
    {%- endif -%}
    {%- set header = header_of_extract() -%}
    {%- set declared = declared_column(kwargs.get('declared_as') or name) -%}
    {%- set meta = declared_meta(declared) -%}
    {%- set others = [] if kwargs.get('declared_as') else meta.get('names') or [] -%}
    {%- for candidate in [name] + (varargs | list) + others -%}
        {%- for column in header if column | lower == candidate | lower -%}
            {{- return(quoted(column)) -}}
        {%- endfor -%}
        {%- for column in header if loose_name(column) == loose_name(candidate) -%}
            {{- return(quoted(column)) -}}
        {%- endfor -%}
    {%- endfor -%}
    {%- if kwargs.get('optional') or meta.get('optional') or not header -%}
        {{- return(empty_text()) -}}
    {%- endif -%}
    {{- exceptions.raise_compiler_error(
        model.original_file_path ~ ': the extract ' ~ model.sources[0] | join('.')
        ~ ' has no column ' ~ name ~ did_you_mean(name, header)
    ) -}}
{%- endmacro %}


{#- The declaration of a column of the model's extract; refuses one that is not declared. -#}
{% macro declared_column(name) -%}
    {%- if model.sources | length != 1 -%}
        {{- exceptions.raise_compiler_error(
            model.original_file_path ~ ': field() needs a model that reads one extract, and this one'
            ~ ' reads ' ~ model.sources | length
        ) -}}
    {%- endif -%}
    {%- set columns = declared_extract(*model.sources[0]).columns -%}
    {%- for column in columns.values() if loose_name(column.name) == loose_name(name) -%}
        {{- return(column) -}}
    {%- endfor -%}
    {{- exceptions.raise_compiler_error(
        model.original_file_path ~ ': the column ' ~ name ~ ' of ' ~ model.sources[0] | join('.')
        ~ ' is not declared in ' ~ model.sources[0][0] ~ '__sources.yml' ~ did_you_mean(name, columns)
    ) -}}
{%- endmacro %}


{#-
    The columns of the model's extract, as the gate found them; none if the extract is not there.
    Kept with the model, so that a model with thirty fields asks once.
-#}
{% macro header_of_extract() -%}
    {%- if 'extract_header' not in model -%}
        {%- set found = run_query(
            "select column_name from " ~ ref('extract_headers') ~ " where connector = '"
            ~ model.sources[0][0] ~ "' and extract_name = '" ~ model.sources[0][1]
            ~ "' order by column_position"
        ) -%}
        {%- do model.update({'extract_header': found.columns[0].values() | list}) -%}
    {%- endif -%}
    {{- return(model.extract_header) -}}
{%- endmacro %}


{#- The name of a column as SQL writes it: a header may hold quotes. -#}
{% macro quoted(name) -%} {{- return(adapter.quote(name.replace('"', '""'))) -}} {%- endmacro %}


{#- A name without case, underscores, blanks and loaders' prefixes; letters of any script stay. -#}
{% macro loose_name(name) -%}
    {%- set letters = modules.re.sub('[\\W_]', '', name | lower) -%}
    {{- return(modules.re.sub('^(property|properties)(?=[a-z0-9])', '', letters)) -}}
{%- endmacro %}


{#-
    What every source needs, in one canonical form: text, so that typed and text sources can be
    united. A value that cannot be read stays as it was, so that the gate can name it. `x` is an
    expression of any type.
-#}


{#- A cell as text; null if it is empty. -#}
{% macro cell_text(x) -%} nullif({{ trimmed('cast(' ~ x ~ ' as varchar)') }}, '') {%- endmacro %}


{#- The connector of the model, by its folder. -#}
{% macro this_connector() -%} {{- return(model.fqn[2]) -}} {%- endmacro %}


{#- The time zone of moments without an offset: `source_time_zones` of the connector, or UTC. -#}
{% macro zone_of_source(zone=none) -%}
    {{- return(zone or var('source_time_zones').get(this_connector()) or 'UTC') -}}
{%- endmacro %}


{#- A text by the source's own way to write a day, with or without a clock, as a timestamp. -#}
{% macro by_date_format(x, format) -%}
    {%- set format = format or extract_format(this_connector()).date_format -%}
    {%- if not format -%}
        {{- return('cast(null as timestamp)') -}}
    {%- endif -%}
    {%- set day = format.replace('Mon', '%b').replace('YYYY', '%Y').replace('MM', '%m') -%}
    {%- set day = day.replace('DD', '%d') -%}
    {{- return(
        "try_strptime(" ~ cell_text(x) ~ ", ['" ~ day ~ "', '" ~ day ~ " %H:%M', '" ~ day
        ~ " %H:%M:%S'])"
    ) -}}
{%- endmacro %}


{#-
    A day, as 2025-03-02. A moment becomes its day in `zone`, or in the reporting time zone; without
    an offset it is one of the source's zone. `format` is how text writes a day; the setting
    `extract_formats` says it for a whole source.
-#}
{% macro day_of(x, format=none, zone=none) -%}
day_text({{ cell_text(x) }}, {{ by_date_format(x, format) }}, '{{ zone_of_source() }}', '{{ zone or var("reporting_time_zone") }}')
{%- endmacro %}


{#- A moment, as 2025-03-02T09:00:00.000000Z. `zone` is that of moments without an offset. -#}
{% macro moment_of(x, format=none, zone=none) -%}
moment_text({{ cell_text(x) }}, {{ by_date_format(x, format) }}, '{{ zone_of_source(zone) }}', '{{ var("reporting_time_zone") }}')
{%- endmacro %}


{#- A moment that is counted in seconds or milliseconds since 1970, or written as `moment_of` reads it. -#}
{% macro epoch_moment(x) -%}
coalesce(epoch_text({{ cell_text(x) }}), {{ moment_of(x) }})
{%- endmacro %}


{#-
    The last day of a span whose end is exclusive: a day, or a moment at midnight in `zone`, gives
    the day before; another moment gives its own day.
-#}
{% macro last_day_before(x, zone=none) -%}
last_day_text({{ cell_text(x) }}, '{{ zone_of_source() }}', '{{ zone or var("reporting_time_zone") }}')
{%- endmacro %}


{#-
    An amount without blanks, signs of currency and thousands: `$12,000.50` is 12000.50. `currency` is
    SQL of the one that the row names, if it may name one; an empty one is that of the source. A cell
    that names another one stays as it was: `$500` is no amount in euros.
-#}
{% macro money(x, decimal_mark=none, currency=none) -%}
    {%- set mark = decimal_mark or extract_format(this_connector()).decimal_mark -%}
    {%- if currency -%}
money_in_text({{ cell_text(x) }}, '{{ mark }}', coalesce({{ currency }}, {{ currency_of_source('reporting') }}))
    {%- else -%}
money_text({{ cell_text(x) }}, '{{ mark }}')
    {%- endif -%}
{%- endmacro %}


{#-
    The currency of amounts without one, as a literal: `currency` of the connector in
    `extract_formats`, or else `otherwise`: the reporting currency, or null.
-#}
{% macro currency_of_source(otherwise=none) -%}
    {%- set currency = extract_format(this_connector()).currency -%}
    {%- if not currency and otherwise == 'reporting' -%}
        {%- set currency = var('reporting_currency') -%}
    {%- endif -%}
    {{- return("'" ~ currency ~ "'" if currency else empty_text()) -}}
{%- endmacro %}


{#-
    An amount in the smallest unit of a currency, in the currency itself: 1050 cents are 10.50. The
    seed's columns have other names here, so that `currency` means a column of the caller.
-#}
{% macro minor_units(x, currency) -%}
minor_units_text({{ cell_text(x) }}, (
        select max(units.places)
        from {{ ref('currency_units') }} as units (code, places)
        where units.code = upper({{ cell_text(currency) }})
    ))
{%- endmacro %}


{#- A share that is written as a percentage: 25 and `25 %` are 0.25. -#}
{% macro share_of_percent(x) -%}
share_text({{ cell_text(x) }}, '{{ extract_format(this_connector()).decimal_mark }}')
{%- endmacro %}


{#- A boolean: TRUE, 1 and yes are true. -#}
{% macro flag(x) -%} flag_text({{ cell_text(x) }}) {%- endmacro %}


{#- The contract's word for a word of the source, without regard to case; other words stay. -#}
{% macro word(x, words, other=none) -%}
case lower({{ cell_text(x) }})
        {%- for theirs, ours in words.items() %}
        when '{{ escape_single_quotes(theirs | lower) }}' then '{{ escape_single_quotes(ours) }}'
        {%- endfor %}
        else {{ other or cell_text(x) }}
    end
{%- endmacro %}


{#-
    One row for each key: the last version, by the columns that order them. Versions that
    differ and that nothing orders stay, all of them: the gate names them, and none is lost in silence.
    Rows without a key stay for the same reason: they are no versions of each other.
-#}
{% macro latest_version(relation, key, by) -%}
    {%- set keys = [key] if key is string else key -%}
    select distinct *

    from {{ relation }}

    qualify
        rank() over (
            partition by {{ keys | join(', ') }}
            order by {{ by | join(' desc nulls last, ') }} desc nulls last
        ) = 1
        or {{ keys[0] }} is null
{%- endmacro %}


{#- The rows of a history that change the value: those that repeat the one before are left out. -#}
{% macro without_repeats(relation, key, value, at) -%}
    {%- set keys = [key] if key is string else key -%}
    {%- set moments = [at] if at is string else at -%}
    select *

    from {{ relation }}

    window history as (partition by {{ keys | join(', ') }} order by {{ moments | join(', ') }})

    qualify row_number() over history = 1 or {{ value }} is distinct from lag({{ value }}) over history
{%- endmacro %}
