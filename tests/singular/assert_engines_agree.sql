/*
Claim: what macros/engine and the words of SQL that the models use give on this engine is what they
give on every engine: quotients and products to the eighth decimal, months and days between days,
days some months later, parts of texts and their order, nulls in an order, days in the reporting
time zone.
Why it could break: a new version of an engine or of its adapter, an engine that is new here.
Not checked: hashes, which are the engine's own.
*/
{%- set day = "cast('%s' as date)" -%}
{%- set moment = "cast('%s' as timestamp)" -%}
{%- set number = "cast(%s as decimal(28, 8))" -%}
{%- set as_day = "cast(%s as date)" -%}
{%- set late = moment | format('2024-01-01 23:59:59') -%}
{%- set early = moment | format('2024-01-02 00:00:01') -%}
{%- set first, second = day | format('2024-01-01'), day | format('2025-01-01') -%}
{%- set begin = start_of_day(day | format('2024-03-31')) -%}
{%- set rate = "cast('0.12345678901237800001' as decimal(38, 20))" -%}
{#- (what, what is expected, SQL) -#}
{%- set checks = [
    ('1 divided by 0', none, number | format(divide('1', '0'))),
    ('2.5 without decimals', '3', 'cast(round(cast(2.5 as decimal(18, 2)), 0) as decimal(18, 0))'),
    ('-0.005 in cents', '-0.01', "cast(cast('-0.005' as decimal(18, 4)) as decimal(18, 2))"),
    ('days between moments', '1', dbt.datediff(late, early, 'day')),
    ('seconds between moments', '2', dbt.datediff(late, early, 'second')),
    ('a year of days', '366', dbt.datediff(first, second, 'day')),
    ('a day that begins in the reporting time zone', '2024-03-31', reporting_day(begin)),
    ('the second before', '2024-03-30', reporting_day(dbt.dateadd('second', -1, begin))),
    ('the second part', 'b', dbt.split_part("'a|b|c'", "'|'", 2)),
    ('an empty part', '', dbt.split_part("'a||c'", "'|'", 2)),
    ('a part that is not there', none, dbt.split_part("'a|b|c'", "'|'", 4)),
    ('a part without a delimiter', 'abc', dbt.split_part("'abc'", "'|'", 1)),
    ('a text and null', none, "'a' || cast(null as " ~ dbt.type_string() ~ ')'),
    ('the rest of a negative number', '-1', 'cast(mod(-8, 7) as integer)'),
    ('the greatest but null', '2', 'greatest(1, 2, cast(null as integer))'),
    ('the place of a text', '3', "position('c' in 'abc')"),
] -%}
{%- for dividend, divisor, expected in [
    ('33', '107', '0.30841121'),
    ('34000', '3', '11333.33333333'),
    ('7', '2', '3.50000000'),
    ('-2', '3', '-0.66666667'),
    ('1', '0', none),
    ('1', 'null', none),
] -%}
{%- do checks.append((dividend ~ ' / ' ~ divisor, expected, ratio(dividend, divisor))) -%}
{%- endfor -%}
{%- for what, expected, product in [
    (
        'a product', '15.24157764',
        'cast(123.456789 as decimal(28, 8)) * cast(0.12345678 as decimal(28, 8))',
    ),
    (
        'a large amount at a rate of many decimals', '1234567890123.67178489',
        converted(number | format("'9999999999999.12345678'"), rate),
    ),
] -%}
{%- do checks.append((what, expected, number | format(product))) -%}
{%- endfor -%}
{%- for first, second, expected in [
    ('2023-12-31', '2024-02-29', '2'),
    ('2024-01-31', '2024-02-01', '1'),
    ('2024-01-01', '2024-01-31', '0'),
    ('2024-12-01', '2024-01-31', '-11'),
] -%}
{%- set months = dbt.datediff(day | format(first), day | format(second), 'month') -%}
{%- do checks.append(('months from ' ~ first ~ ' to ' ~ second, expected, months)) -%}
{%- endfor -%}
{%- for part, count, from, expected in [
    ('month', '1', '2024-01-31', '2024-02-29'),
    ('month', '1', '2024-02-29', '2024-03-29'),
    ('month', '-3', '2023-05-31', '2023-02-28'),
    ('year', '1', '2024-02-29', '2025-02-28'),
    ('year', '1 - 1', '2024-02-29', '2024-02-29'),
    ('week', '3 - 1', '2024-01-01', '2024-01-15'),
    ('day', '-1', '2024-03-01', '2024-02-29'),
] -%}
{%- set found = as_day | format(dbt.dateadd(part, count, day | format(from))) -%}
{%- do checks.append((from ~ ' and ' ~ count ~ ' ' ~ part, expected, found)) -%}
{%- endfor -%}
{%- for what, expected, found in [
    ('the quarter', '2024-04-01', dbt.date_trunc('quarter', day | format('2024-06-30'))),
    ('the month', '2024-06-01', dbt.date_trunc('month', day | format('2024-06-30'))),
    ('the last day of a month', '2024-02-29', dbt.last_day(day | format('2024-02-10'), 'month')),
] -%}
{%- do checks.append((what, expected, as_day | format(found))) -%}
{%- endfor -%}
{%- if var('reporting_time_zone') == 'Europe/Paris' -%}
{%- for what, expected, found in [
    ('a day in Paris', '2024-01-14 23:00:00', start_of_day(day | format('2024-01-15'))),
    ('late in Paris', '2024-07-02', reporting_day(moment | format('2024-07-01 22:00:00'))),
] -%}
{%- do checks.append((what, expected, found)) -%}
{%- endfor -%}
{%- endif -%}
{#- The same over the rows of `placed`. -#}
{%- set checks_of_rows = [
    ('texts in their order', 'B, a, é', dbt.listagg('word', "', '", 'order by word')),
    ('texts by numbers', 'a-é-B', dbt.listagg('word', "'-'", 'order by number desc nulls last')),
    ('the first text', 'B', 'min(word)'),
    ('the sum of the two largest, null apart', '5.50000000', sum_of_largest('number', 2)),
    ('the sum of the largest', '4.00000000', sum_of_largest('number', 1)),
    ('the sum of more than there are', '5.50000000', sum_of_largest('number', 9)),
    ('the sum of the largest of none', none, sum_of_largest('nothing', 2)),
    (
        'the median of 1.5 and 4', '2.75000000',
        number | format('percentile_cont(0.5) within group (order by number)'),
    ),
    ('the sum of nothing', none, 'sum(nothing)'),
    ('first in the order', 'B', 'max(case when place = 1 then word end)'),
    ('last in the order back', 'B', 'max(case when place_back = 3 then word end)'),
] -%}
with words as (

    select
        'é' as word,
        cast(1.5 as decimal(28, 8)) as number

    union all

    select
        'B' as word,
        cast(null as decimal(28, 8)) as number

    union all

    select
        'a' as word,
        cast(4 as decimal(28, 8)) as number

),

placed as (

    select
        word,
        number,
        cast(null as decimal(28, 8)) as nothing,
        row_number() over (order by number asc nulls first) as place,
        row_number() over (order by number desc nulls last) as place_back

    from words

),

checked as (
    {%- for what, expected, found in checks + checks_of_rows %}

    select
        '{{ what }}' as what,
        cast(
            {{ 'null' if expected is none else "'" ~ expected ~ "'" }} as {{ dbt.type_string() }}
        ) as expected,
        cast({{ found }} as {{ dbt.type_string() }}) as found
    {%- if (what, expected, found) in checks_of_rows %}

    from placed
    {%- endif %}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from checked

where
    expected != found
    or (expected is null) != (found is null)
