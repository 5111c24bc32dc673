{#-
    The CTEs that measure the rows of `events` by period and by cut; the last one is `<name>`.

    events        a CTE of the model, one row per entity or event
    date_column   the day that puts a row into a period; rows without it are in none
    cuts          dimension -> column; each dimension is cut alone, beside the total all/all
    measures      name -> aggregate over the rows of a period and segment; 0 where there are none
    statistics    the same, but null where there are no rows (a median has no zero)
    months        which months of a period count: `all` of them, or for a balance only its `last` or
                  its `first` one; `given` if the events say their period_grain and period_start
    once          columns, the first of them an id: events alike in these count once a period and
                  segment, and `measures` are counts of them
    amounts       name -> (column, condition): the sum of a column that may be unknown, over the rows
                  that fulfil the condition; of what is known, 0 where no row does, and null where
                  some do and none is known, or no row whatever has the column
    needs         CTEs of the other sources that the measures are made of

    `<name>` has the periods of `dim_periods` times the segments that `events` has at all: a segment
    without rows in a period is there, with 0. If `events`, or a source that is needed, has no rows
    whatever (it does not exist), all measures are null: not zero leads, but none known.
-#}
{% macro measured_by_period(
    name, events, date_column, cuts, measures, statistics={}, months='all', once=[], amounts={},
    needs=[]
) -%}
{%- if once and (months != 'all' or statistics or amounts) -%}
    {{ exceptions.raise_compiler_error('Events that count once are only counted, and in all months.') }}
{%- endif -%}
{%- if cuts is not mapping -%}
    {#- dbt comes here while it parses, before `check_settings` can run. -#}
    {%- do refuse_settings(all_setting_faults()) -%}
{%- endif -%}
{%- set of_period = 'period_months' if months != 'given' else name ~ '_sliced' -%}
{{ listed(name ~ '_cuts', 'dimension', ['all'] + cuts.keys() | list) }},
{%- if once %}

{{ sliced_once(name, events, date_column, cuts, measures, once) }},
{%- else %}

{{ name }}_sliced as (

    select
        {{ name }}_cuts.dimension,
        {{ segment_of(name, events, cuts) }} as segment,
        {%- if months != 'given' %}
        {{ month_of(events, date_column) }} as event_month,
        {%- endif %}
        {{ events }}.*

    from {{ events }}

    cross join {{ name }}_cuts

),
{%- endif %}

{{ name }}_sources as (

    select
        count(*) > 0
        {%- for source in needs %}
        and (select count(*) from {{ source }}) > 0
        {%- endfor %} as is_known
        {%- for amount, (column, condition) in amounts.items() %},
        count({{ column }}) > 0 as is_{{ amount }}_known
        {%- endfor %}

    from {{ events }}

),

{{ name }}_segments as (

    select
        'all' as dimension,
        'all' as segment

    union all

    select distinct
        {{ name }}_cuts.dimension,
        {{ segment_of(name, events, cuts) }} as segment

    from {{ events }}

    cross join {{ name }}_cuts

    where {{ name }}_cuts.dimension != 'all'

),

{{ name }}_parts as (

    select
        {{ of_period }}.period_grain,
        {{ of_period }}.period_start,
        {{ name }}_sliced.dimension,
        {{ name }}_sliced.segment
        {%- for measure, aggregate in measures.items() %},
        {{ 'cast(sum(' ~ measure ~ ') as bigint)' if once else aggregate }} as {{ measure }}
        {%- endfor %}
        {%- for statistic, aggregate in statistics.items() %},
        {{ aggregate }} as {{ statistic }}
        {%- endfor %}
        {%- for amount, (column, condition) in amounts.items() %},
        case
            when count(case when {{ condition }} then 1 end) = 0 then 0
            else sum(case when {{ condition }} then {{ column }} end)
        end as {{ amount }}
        {%- endfor %}

    from {{ name }}_sliced
    {%- if months != 'given' %}

    inner join {{ ref('dim_period_months') }} as period_months
        on
            {{ name }}_sliced.event_month = period_months.month_start
            {%- if months != 'all' %}
            and period_months.is_{{ months }}_month
            {%- endif %}
            {%- if once %}
            and (
                {{ name }}_sliced.earlier_month is null
                or {{ name }}_sliced.earlier_month < period_months.period_start
            )
            {%- endif %}
    {%- endif %}

    group by
        {{ of_period }}.period_grain,
        {{ of_period }}.period_start,
        {{ name }}_sliced.dimension,
        {{ name }}_sliced.segment

),

-- Apart from the join below: DuckDB writes `a cross join b left join c` down as `a, b left join c`,
-- in which c can no longer be joined on a column of a. The publication reads views as written down.
{{ name }}_spine as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.reporting_date,
        {{ name }}_segments.dimension,
        {{ name }}_segments.segment,
        {{ name }}_sources.*

    from {{ ref('dim_periods') }} as periods

    cross join {{ name }}_segments

    cross join {{ name }}_sources

),

{{ name }} as (

    select
        {{ name }}_spine.period_grain,
        {{ name }}_spine.period_start,
        {{ name }}_spine.period_end,
        {{ name }}_spine.reporting_date,
        {{ name }}_spine.dimension,
        {{ name }}_spine.segment
        {%- for measure in measures %},
        case when {{ name }}_spine.is_known then coalesce({{ name }}_parts.{{ measure }}, 0) end
            as {{ measure }}
        {%- endfor %}
        {%- for statistic in statistics %},
        case when {{ name }}_spine.is_known then {{ name }}_parts.{{ statistic }} end
            as {{ statistic }}
        {%- endfor %}
        {%- for amount in amounts %},
        case
            when not {{ name }}_spine.is_known or not {{ name }}_spine.is_{{ amount }}_known then null
            when {{ name }}_parts.period_start is null then 0
            else {{ name }}_parts.{{ amount }}
        end as {{ amount }}
        {%- endfor %}

    from {{ name }}_spine

    left join {{ name }}_parts
        on
            {{ name }}_spine.period_grain = {{ name }}_parts.period_grain
            and {{ name }}_spine.period_start = {{ name }}_parts.period_start
            and {{ name }}_spine.dimension = {{ name }}_parts.dimension
            and {{ name }}_spine.segment = {{ name }}_parts.segment

)
{%- endmacro %}


{#-
    The CTE `<name>_sliced` of events that count once a period and segment: how many came in a month,
    by the month before it in which they, too, had come. They count in the periods that begin after
    that one, so that the unique visitors of any period are a sum of a few rows; the many rows of
    the events are sorted once.
-#}
{% macro sliced_once(name, events, date_column, cuts, measures, once) -%}
{{ name }}_alike as (

    select distinct
        {{ month_of(events, date_column) }} as event_month,
        {%- for column in (once + cuts.values() | list) | unique %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ events }}

),

{{ name }}_by_cut as (

    select
        {{ name }}_cuts.dimension,
        {{ segment_of(name, name ~ '_alike', cuts) }} as segment,
        {%- for column in ['event_month'] + once %}
        {{ name }}_alike.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ name }}_alike

    cross join {{ name }}_cuts

),

{{ name }}_come_again as (

    select
        *,
        lag(event_month) over (
            partition by dimension, segment, {{ once | join(', ') }} order by event_month
        ) as earlier_month

    from {{ name }}_by_cut

),

{{ name }}_sliced as (

    select
        dimension,
        segment,
        event_month,
        earlier_month
        {%- for measure, aggregate in measures.items() %},
        {{ aggregate }} as {{ measure }}
        {%- endfor %}

    from {{ name }}_come_again

    group by
        dimension,
        segment,
        event_month,
        earlier_month

)
{%- endmacro %}


{#- The segment of an event by the cut of `<name>_cuts` beside it. -#}
{% macro segment_of(name, events, cuts) -%}
case {{ name }}_cuts.dimension
            when 'all' then 'all'
            {%- for dimension, column in cuts.items() %}
            when '{{ dimension }}' then coalesce({{ events }}.{{ column }}, '(none)')
            {%- endfor %}
        end
{%- endmacro %}


{#- The first day of the month of an event. -#}
{% macro month_of(events, date_column) -%}
cast({{ dbt.date_trunc('month', events ~ '.' ~ date_column) }} as date)
{%- endmacro %}


{#-
    The CTE `<name>`: the measures of two CTEs of `measured_by_period` side by side, by period and
    segment. A segment that only one of them has shows 0 for the measures of the other, or null if
    the other knows none whatever.
-#}
{% macro measured_together(name, left_name, left_measures, right_name, right_measures) -%}
{%- set keys = ['period_grain', 'period_start', 'dimension', 'segment'] -%}
{{ name }} as (

    select
        {%- for key in keys %}
        coalesce({{ left_name }}.{{ key }}, {{ right_name }}.{{ key }}) as {{ key }},
        {%- endfor %}
        {%- for column in ['period_end', 'reporting_date'] %}
        coalesce({{ left_name }}.{{ column }}, {{ right_name }}.{{ column }}) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
        {%- for side, measures in [(left_name, left_measures), (right_name, right_measures)] %}
        {%- for measure in measures %},
        case
            when {{ side }}.period_start is not null then {{ side }}.{{ measure }}
            when count({{ side }}.{{ measure }}) over () > 0 then 0
        end as {{ measure }}
        {%- endfor %}
        {%- endfor %}

    from {{ left_name }}

    full outer join {{ right_name }}
        on
            {%- for key in keys %}
            {% if not loop.first %}and {% endif %}{{ left_name }}.{{ key }} = {{ right_name }}.{{ key }}
            {%- endfor %}

)
{%- endmacro %}


{#- The condition that joins two CTEs of `measured_by_period`: the same period and segment. -#}
{% macro same_segment(left_name, right_name) -%}
{{ left_name }}.period_grain = {{ right_name }}.period_grain
            and {{ left_name }}.period_start = {{ right_name }}.period_start
            and {{ left_name }}.dimension = {{ right_name }}.dimension
            and {{ left_name }}.segment = {{ right_name }}.segment
{%- endmacro %}

{#- The CTE `<name>`: one row for each of the values, in one column. -#}
{% macro listed(name, column, values) -%}
{{ name }} as (
    {%- for value in values %}
    {% if not loop.first %}
    union all
    {% endif %}
    select '{{ value }}' as {{ column }}
    {%- endfor %}

)
{%- endmacro %}

{#-
    The rows of one variant in the shape of every KPI view, from a CTE with the columns that
    `measured_by_period` gives. `value` is numerator / denominator, or the numerator where there is
    no denominator, unless an expression is given; never 0 for want of a denominator. Without a
    variant the CTE has a column `variant` and the rows of several; `is_provisional` is an expression
    where it is not simply the period that must be over.
-#}
{% macro kpi_rows(
    kpi, variant, measured, numerator, denominator=none, value=none, horizon_days=0,
    is_provisional='period_end > reporting_date'
) -%}
select
    '{{ kpi }}' as kpi,
    {{ "'" ~ variant ~ "' as " if variant is not none }}variant,
    period_grain,
    period_start,
    period_end,
    dimension,
    segment{{ ' as segments' if is_by_given_cuts() }},
    cast({{ numerator or 'null' }} as {{ kpi_part_type() }}) as numerator,
    cast({{ denominator or 'null' }} as {{ kpi_part_type() }}) as denominator,
    {% if value is not none -%}
    cast({{ value }} as {{ kpi_value_type() }}) as value,
    {%- elif denominator is not none -%}
    {{ ratio(numerator, denominator) }} as value,
    {%- else -%}
    cast({{ numerator }} as {{ kpi_value_type() }}) as value,
    {%- endif %}
    {% if horizon_days -%}
    {{ dbt.dateadd('day', horizon_days, 'period_end') }} > reporting_date as is_provisional
    {%- else -%}
    {{ is_provisional }} as is_provisional
    {%- endif %}

from {{ measured }}
{%- endmacro %}


{#-
    Numerators and denominators: counts, days and money in the reporting currency. Eight decimals,
    because a twelfth of a yearly price must still add up over the segments.
-#}
{% macro kpi_part_type() -%} decimal(28, 8) {%- endmacro %}

{#- Values: the same, and quotients of them. -#}
{% macro kpi_value_type() -%} decimal(28, 8) {%- endmacro %}


{#-
    A quotient that means the same on every engine: 1/0 is infinity on one, null on the next and an
    error on the third, and 7/2 is 3 on some. Null where the denominator is 0 or unknown.
-#}
{% macro ratio(numerator, denominator) -%}
cast(
        cast({{ numerator }} as {{ kpi_part_type() }})
        / nullif(cast({{ denominator }} as {{ kpi_part_type() }}), 0) as {{ kpi_value_type() }}
    )
{%- endmacro %}
