/*
Claim: what macros/engine and the words of SQL that the models use give on this engine is what they
give on every engine: quotients and products to the eighth decimal, months and days between days, days
some months later, parts of texts and their order, nulls in an order, days in the reporting time zone.
Why it could break: a new version of an engine or of its adapter, an engine that is new here.
Not checked: hashes, which are the engine's own.
*/
{%- set day = "cast('%s' as date)" -%}
{%- set moment = "cast('%s' as timestamp)" -%}
{%- set number = "cast(%s as decimal(28, 8))" -%}
{%- set as_day = "cast(%s as date)" -%}
{%- set of_one = [
    ('33 / 107', '0.30841121', ratio('33', '107')),
    ('34000 / 3', '11333.33333333', ratio('34000', '3')),
    ('7 / 2', '3.50000000', ratio('7', '2')),
    ('-2 / 3', '-0.66666667', ratio('-2', '3')),
    ('1 / 0', none, ratio('1', '0')),
    ('1 / null', none, ratio('1', 'null')),
    ('1 divided by 0', none, 'cast(' ~ divide('1', '0') ~ ' as decimal(28, 8))'),
    (
        'a product', '15.24157764',
        'cast(' ~ number | format("'123.456789'") ~ ' * ' ~ number | format("'0.12345678'") ~ ' as decimal(28, 8))',
    ),
    (
        'a large amount at a rate of many decimals', '1234567890123.67178489',
        'cast(' ~ converted(
            number | format("'9999999999999.12345678'"), "cast('0.12345678901237800001' as decimal(38, 20))"
        ) ~ ' as decimal(28, 8))',
    ),
    ('2.5 without decimals', '3', 'cast(round(' ~ number | format('2.5') ~ ', 0) as decimal(18, 0))'),
    ('-0.005 in cents', '-0.01', "cast(cast('-0.005' as decimal(18, 4)) as decimal(18, 2))"),
    ('months over a month of 29 days', '2', dbt.datediff(day | format('2023-12-31'), day | format('2024-02-29'), 'month')),
    ('months from the last day to the first', '1', dbt.datediff(day | format('2024-01-31'), day | format('2024-02-01'), 'month')),
    ('months back', '-11', dbt.datediff(day | format('2024-12-01'), day | format('2024-01-31'), 'month')),
    ('days', '366', dbt.datediff(day | format('2024-01-01'), day | format('2025-01-01'), 'day')),
    (
        'days between moments', '1',
        dbt.datediff(moment | format('2024-01-01 23:59:59'), moment | format('2024-01-02 00:00:01'), 'day'),
    ),
    (
        'seconds', '2',
        dbt.datediff(moment | format('2024-01-01 23:59:59'), moment | format('2024-01-02 00:00:01'), 'second'),
    ),
    ('a month after January 31', '2024-02-29', as_day | format(dbt.dateadd('month', 1, day | format('2024-01-31')))),
    ('a month after February 29', '2024-03-29', as_day | format(dbt.dateadd('month', 1, day | format('2024-02-29')))),
    ('three months before May 31', '2023-02-28', as_day | format(dbt.dateadd('month', -3, day | format('2023-05-31')))),
    ('a year after February 29', '2025-02-28', as_day | format(dbt.dateadd('year', 1, day | format('2024-02-29')))),
    ('1 - 1 years later', '2024-02-29', as_day | format(dbt.dateadd('year', '1 - 1', day | format('2024-02-29')))),
    ('3 - 1 weeks later', '2024-01-15', as_day | format(dbt.dateadd('week', '3 - 1', day | format('2024-01-01')))),
    ('the day before', '2024-02-29', as_day | format(dbt.dateadd('day', '-1', day | format('2024-03-01')))),
    ('the quarter', '2024-04-01', 'cast(' ~ dbt.date_trunc('quarter', day | format('2024-06-30')) ~ ' as date)'),
    ('the last day of a month', '2024-02-29', 'cast(' ~ dbt.last_day(day | format('2024-02-10'), 'month') ~ ' as date)'),
    (
        'a day that begins in the reporting time zone', '2024-03-31',
        reporting_day(start_of_day(day | format('2024-03-31'))),
    ),
    (
        'the second before it', '2024-03-30',
        reporting_day(dbt.dateadd('second', -1, start_of_day(day | format('2024-03-31')))),
    ),
    ('a part of a text', 'b', dbt.split_part("'a|b|c'", "'|'", 2)),
    ('an empty part', '', dbt.split_part("'a||c'", "'|'", 2)),
    ('a part that is not there', none, dbt.split_part("'a|b|c'", "'|'", 4)),
    ('a part without a delimiter', 'abc', dbt.split_part("'abc'", "'|'", 1)),
    ('a text and null', none, "'a' || cast(null as " ~ dbt.type_string() ~ ')'),
    ('the rest of a negative number', '-1', 'cast(mod(-8, 7) as integer)'),
    ('the greatest but null', '2', 'greatest(1, 2, cast(null as integer))'),
    ('the place of a text', '3', "position('c' in 'abc')"),
] -%}
{%- if var('reporting_time_zone') == 'Europe/Paris' -%}
{%- do of_one.append((
    'a day in Paris begins an hour before', '2024-01-14 23:00:00', start_of_day(day | format('2024-01-15'))
)) -%}
{%- do of_one.append((
    'late in the day it is the next one in Paris', '2024-07-02', reporting_day(moment | format('2024-07-01 22:00:00'))
)) -%}
{%- endif -%}
{%- set of_three = [
    ('texts in their order', 'B, a, é', dbt.listagg('word', "', '", 'order by word')),
    ('texts in another order', 'a-é-B', dbt.listagg('word', "'-'", 'order by number desc nulls last')),
    ('the first text', 'B', 'min(word)'),
    ('the sum of the two largest, null apart', '5.50000000', sum_of_largest('number', 2)),
    ('the sum of the largest', '4.00000000', sum_of_largest('number', 1)),
    ('the sum of more than there are', '5.50000000', sum_of_largest('number', 9)),
    ('the sum of the largest of none', none, sum_of_largest('nothing', 2)),
    (
        'the median of 1.5 and 4', '2.75000000',
        'cast(percentile_cont(0.5) within group (order by number) as decimal(28, 8))',
    ),
    ('the sum of nothing', none, 'sum(nothing)'),
    ('first in the order', 'B', "max(case when place = 1 then word end)"),
    ('last in the other order', 'B', "max(case when place_back = 3 then word end)"),
] -%}
with words as (

    select
        'é' as word,
        {{ number | format("'1.5'") }} as number

    union all

    select
        'B' as word,
        {{ number | format('null') }} as number

    union all

    select
        'a' as word,
        {{ number | format('4') }} as number

),

placed as (

    select
        word,
        number,
        {{ number | format('null') }} as nothing,
        row_number() over (order by number nulls first) as place,
        row_number() over (order by number desc nulls last) as place_back

    from words

),

checks as (
    {%- for what, expected, found in of_one %}

    select
        '{{ what }}' as what,
        cast({{ 'null' if expected is none else "'" ~ expected ~ "'" }} as {{ dbt.type_string() }}) as expected,
        cast({{ found }} as {{ dbt.type_string() }}) as found

    union all
    {%- endfor %}
    {%- for what, expected, found in of_three %}

    select
        '{{ what }}' as what,
        cast({{ 'null' if expected is none else "'" ~ expected ~ "'" }} as {{ dbt.type_string() }}) as expected,
        cast({{ found }} as {{ dbt.type_string() }}) as found

    from placed
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select * from checks

where
    expected != found
    or (expected is null) != (found is null)
