{#-
    How a cell is read: text in, a typed value out, null where the text has no single meaning. The
    gate asks these functions whether a cell can be read, and staging reads it with them, so that
    there is one definition for both. They are SQL functions of the build database, made anew at the
    start of each dbt command. Typed cells (Parquet) are read through their text.
-#}
{% macro create_reading_functions() -%}
    {{- return(
        adapter.dispatch('create_reading_functions')()
        ~ adapter.dispatch('create_identity_functions')()
    ) -}}
{%- endmacro %}

{#- Other engines get rows that the gate has read already: plain casts do there. -#}
{% macro default__create_reading_functions() -%} select 1 {%- endmacro %}

{#-
    `is_plain_…`        whether it is in a form that most sources write: a cast alone reads it
    `iso_text(t)`       the moment in the one form that the others take: 2024-01-31T09:30:00+02.
                        Takes what ISO 8601 and databases write: a blank for the T, no dashes and
                        colons, a comma before the fraction, Z, UTC, +02, +0200 or +02:00.
    `moment_parts(t)`   its day, clock, seconds and zone; all empty if it is no moment
    `…_of_parts`        what the parts mean; within a lambda, so that the text is taken apart once
    `read_moment`       the UTC moment; without an offset the clock is that of `source_zone`, and a
                        day alone begins at midnight in `reporting_zone`
    `read_day`          the day; of a moment, its day in `reporting_zone`. Midnight without an offset
                        is how tools write a day in a column of moments: it is that day.
    `read_number`       a plain or exponential number; no blanks, signs of currency or commas
    `read_boolean`      true, t, yes, y, 1 and their opposites
    `read_choice(t)`    a name in lower case, its words joined by `_`; `cancelled` is `canceled`

    Connectors write cells in the one form of `macros/fields.sql` with `…_text`: what cannot be read
    stays as it was.
-#}
{% macro duckdb__create_reading_functions() -%}
create or replace macro is_plain_moment(t) as regexp_full_match(
    t,
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-5]):?[0-5][0-9])'
);

create or replace macro is_plain_clock(t) as regexp_full_match(
    t, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?'
);

create or replace macro is_plain_day(t) as regexp_full_match(t, '[0-9]{4}-[0-9]{2}-[0-9]{2}');

create or replace macro iso_text(t) as
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        replace(upper(t), ',', '.'),
        ' ?(UTC|GMT)$', 'Z'),
        '^([0-9]{4})([0-9]{2})([0-9]{2})(T|$)', '\1-\2-\3\4'),
        '^([0-9-]{10}T[0-9]{2})([0-9]{2})([0-9]{2})', '\1:\2:\3'),
        '^([0-9-]{10}T[0-9]{2})([0-9]{2})( ?[Z+-]|$)', '\1:\2\3');

create or replace macro moment_parts(t) as regexp_extract(
    iso_text(t),
    '^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.][0-9]{1,9})?)? ?(Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?)?$',
    ['day', 'clock', 'seconds', 'zone']
);

create or replace macro start_of_day(day, zone) as
    timezone('UTC', timezone(zone, cast(day as timestamp)));

create or replace macro moment_of_parts(parts, source_zone, reporting_zone) as
    case
        when parts.day = '' then null
        when parts.clock = '' then start_of_day(try_cast(parts.day as date), reporting_zone)
        when parts.zone = '' then timezone('UTC', timezone(source_zone, try_cast(
            parts.day || ' ' || parts.clock || coalesce(nullif(parts.seconds, ''), ':00') as timestamp
        )))
        else timezone('UTC', try_cast(
            parts.day || ' ' || parts.clock || coalesce(nullif(parts.seconds, ''), ':00')
            || replace(parts.zone, 'Z', '+00') as timestamptz
        ))
    end;

create or replace macro read_moment(t, source_zone, reporting_zone) as
    case
        when is_plain_moment(t) then timezone('UTC', try_cast(t as timestamptz))
        when is_plain_clock(t)
            then timezone('UTC', timezone(source_zone, try_cast(t as timestamp)))
        when is_plain_day(t) then start_of_day(try_cast(t as date), reporting_zone)
        else list_transform(
            [moment_parts(t)], lambda parts: moment_of_parts(parts, source_zone, reporting_zone)
        )[1]
    end;

create or replace macro day_of_parts(parts, source_zone, reporting_zone) as
    case
        when parts.day = '' then null
        when parts.clock = '' then try_cast(parts.day as date)
        when
            parts.zone = '' and parts.clock = '00:00'
            and regexp_full_match(parts.seconds, '(:00([.]0+)?)?')
            then try_cast(parts.day as date)
        else cast(timezone(reporting_zone, timezone(
            'UTC', moment_of_parts(parts, source_zone, reporting_zone)
        )) as date)
    end;

create or replace macro read_day(t, source_zone, reporting_zone) as
    case
        when is_plain_day(t) then try_cast(t as date)
        when is_plain_moment(t)
            then cast(timezone(reporting_zone, try_cast(t as timestamptz)) as date)
        when is_plain_clock(t) and regexp_matches(t, '[T ]00:00:00([.]0+)?$')
            then try_cast(left(t, 10) as date)
        when is_plain_clock(t) then cast(timezone(
            reporting_zone, timezone(source_zone, try_cast(t as timestamp))
        ) as date)
        else list_transform(
            [moment_parts(t)], lambda parts: day_of_parts(parts, source_zone, reporting_zone)
        )[1]
    end;

create or replace macro read_number(t) as
    case
        when regexp_full_match(t, '[+-]?[0-9]{1,9}([.][0-9]{0,9})?')
            then cast(try_cast(t as decimal(18, 9)) as decimal(38, 20))
        when regexp_full_match(t, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?')
            then try_cast(t as decimal(38, 20))
    end;

create or replace macro read_boolean(t) as
    case
        when lower(t) in ('true', 't', 'yes', 'y', '1', '1.0') then true
        when lower(t) in ('false', 'f', 'no', 'n', '0', '0.0') then false
    end;

create or replace macro read_choice(t) as
    replace(lower(regexp_replace(t, '[ _-]+', '_', 'g')), 'cancelled', 'canceled');

create or replace macro text_of_moment(m) as strftime(m, '%Y-%m-%dT%H:%M:%S.%fZ');

create or replace macro day_text(t, by_format, source_zone, reporting_zone) as
    coalesce(
        strftime(coalesce(
            cast(by_format as date), read_day(t, source_zone, reporting_zone)
        ), '%Y-%m-%d'),
        t
    );

create or replace macro moment_text(t, by_format, source_zone, reporting_zone) as
    coalesce(
        text_of_moment(coalesce(
            timezone('UTC', timezone(source_zone, by_format)),
            read_moment(t, source_zone, reporting_zone)
        )),
        t
    );

create or replace macro epoch_text(t) as
    case
        when regexp_full_match(t, '[0-9]{11,16}([.]0+)?')
            then text_of_moment(epoch_ms(cast(cast(t as double) as bigint)))
        when regexp_full_match(t, '[0-9]{9,10}([.]0+)?')
            then text_of_moment(epoch_ms(cast(cast(t as double) as bigint) * 1000))
    end;

create or replace macro last_day_text(t, source_zone, reporting_zone) as
    coalesce(
        strftime(
            timezone(
                reporting_zone, timezone('UTC', read_moment(t, source_zone, reporting_zone))
            ) - interval 1 microsecond,
            '%Y-%m-%d'
        ),
        t
    );

create or replace macro plain_amount(t) as
    regexp_replace(
        regexp_replace(regexp_replace(
            t, '[\s\x{00a0}\x{202f}\x{2009}''\x{2019}$€£¥]|^[A-Z]{3}|[A-Z]{3}$', '', 'g'
        ), '^\((.*)\)$', '-\1'),
        '^([0-9.,]+)-$', '-\1'
    );

create or replace macro money_text(t, decimal_mark) as
    case
        when
            decimal_mark = ','
            and regexp_full_match(plain_amount(t), '[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]*)?')
            then replace(replace(plain_amount(t), '.', ''), ',', '.')
        when
            decimal_mark = '.'
            and regexp_full_match(plain_amount(t), '[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]*)?')
            then replace(plain_amount(t), ',', '')
        else t
    end;

create or replace macro currencies_named(t) as
    case
        when regexp_matches(t, '[$]') then [
            'USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'ARS', 'CLP', 'COP', 'BRL'
        ]
        when contains(t, '€') then ['EUR']
        when contains(t, '£') then ['GBP']
        when contains(t, '¥') then ['JPY', 'CNY']
        when regexp_matches(t, '^[(+-]?[A-Z]{3}[^A-Za-z]|[^A-Za-z][A-Z]{3}$')
            then [regexp_extract(t, '[A-Z]{3}')]
    end;

create or replace macro money_in_text(t, decimal_mark, currency) as
    case
        when not list_contains(currencies_named(t), upper(currency)) then t
        else money_text(t, decimal_mark)
    end;

create or replace macro plain_number(n) as
    regexp_replace(regexp_replace(cast(n as varchar), '([.][0-9]*[1-9])0+$', '\1'), '[.]0+$', '');

create or replace macro minor_units_text(t, decimal_places) as
    coalesce(
        plain_number(cast(
            read_number(t) / power(10, coalesce(decimal_places, 2)) as decimal(28, 8)
        )),
        t
    );

create or replace macro share_text(t, decimal_mark) as
    coalesce(
        plain_number(cast(
            read_number(money_text(replace(t, '%', ''), decimal_mark)) / 100 as decimal(28, 8)
        )),
        t
    );

create or replace macro flag_text(t) as
    case read_boolean(t) when true then 'true' when false then 'false' else t end;
{%- endmacro %}


{#-
    The time zone in which the source of a row writes moments without an offset: the variable
    `source_time_zones` says it by connector; UTC otherwise.
-#}
{% macro source_zone() -%}
    {%- set zones = var('source_time_zones') -%}
    {%- if zones -%}
    case source_system
            {%- for connector, zone in zones.items() %}
            when '{{ connector }}' then '{{ zone }}'
            {%- endfor %}
            else 'UTC'
        end
    {%- else -%}
    'UTC'
    {%- endif -%}
{%- endmacro %}


{#- A cell as a UTC timestamp; a day alone begins at midnight in the reporting time zone. -#}
{% macro as_moment(column) -%} {{ adapter.dispatch('as_moment')(column) }} {%- endmacro %}

{% macro default__as_moment(column) -%}
    case
        when length(cast({{ column }} as {{ dbt.type_string() }})) = 10
            then {{ start_of_day(column) }}
        else cast({{ column }} as timestamp)
    end
{%- endmacro %}

{% macro duckdb__as_moment(column) -%}
read_moment({{ as_text(column) }}, {{ source_zone() }}, '{{ var("reporting_time_zone") }}')
{%- endmacro %}

{#- PostgreSQL drops the offset when it casts text to a timestamp; timestamptz keeps it. -#}
{% macro postgres__as_moment(column) -%}
    case
        when length(cast({{ column }} as text)) = 10
            then {{ start_of_day(column) }}
        when cast({{ column }} as text) ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$'
            then timezone('UTC', cast({{ column }} as timestamptz))
        else cast({{ column }} as timestamp)
    end
{%- endmacro %}


{#- A cell as a day: a day, or a moment that becomes its day in the reporting time zone. -#}
{% macro as_day(column) -%} {{ adapter.dispatch('as_day')(column) }} {%- endmacro %}

{% macro default__as_day(column) -%}
    case
        when length(cast({{ column }} as {{ dbt.type_string() }})) = 10 then cast({{ column }} as date)
        else {{ reporting_day(as_moment(column)) }}
    end
{%- endmacro %}

{% macro duckdb__as_day(column) -%}
read_day({{ as_text(column) }}, {{ source_zone() }}, '{{ var("reporting_time_zone") }}')
{%- endmacro %}


{#- A last day: one beyond the calendar (9999-12-31, infinity) is how tools write "no end". -#}
{% macro as_last_day(column) -%}
case
            when {{ as_day(column) }} < cast('{{ var("calendar_end") }}' as date)
                then {{ as_day(column) }}
        end
{%- endmacro %}


{#- A cell as a number of the given type, rounded half up. -#}
{% macro as_number(column, type) -%}
    {%- set number = adapter.dispatch('as_exact_number')(column) -%}
    {%- if type == 'integer' -%}
    cast(round({{ number }}) as integer)
    {%- else -%}
    cast({{ number }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{% macro default__as_exact_number(column) -%} cast({{ column }} as decimal(38, 20)) {%- endmacro %}
{% macro duckdb__as_exact_number(column) -%} read_number({{ as_text(column) }}) {%- endmacro %}


{#- A cell as true or false; null where it can be read as neither. -#}
{% macro as_boolean(column) -%} {{ adapter.dispatch('as_boolean')(column) }} {%- endmacro %}
{% macro default__as_boolean(column) -%} cast({{ column }} as boolean) {%- endmacro %}
{% macro duckdb__as_boolean(column) -%} read_boolean({{ as_text(column) }}) {%- endmacro %}


{#-
    The path of a page: an address without its host, without what follows `?` or `#`, and without
    slashes at its end, so that /prix/ and /prix?utm_source=x are /prix. The start page is /.
-#}
{% macro as_page(column) -%}
{%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
{%- set page = dbt.split_part(dbt.split_part(text, "'#'", 1), "'?'", 1) -%}
case
            when nullif({{ text }}, '') is not null
                then coalesce(
                    nullif(
                        regexp_replace(
                            regexp_replace({{ page }}, '^[A-Za-z]+://[^/]*', ''), '/+$', ''
                        ),
                        ''
                    ),
                    '/'
                )
        end
{%- endmacro %}


{#- One of a list of names, however it is spelled: `New Business` is new_business. -#}
{% macro as_choice(column) -%} {{ adapter.dispatch('as_choice')(column) }} {%- endmacro %}
{% macro default__as_choice(column) -%} lower(replace(replace({{ column }}, ' ', '_'), '-', '_')) {%- endmacro %}
{% macro duckdb__as_choice(column) -%} read_choice({{ as_text(column) }}) {%- endmacro %}
