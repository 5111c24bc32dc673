{#- The first day of the month of an event. -#}
{% macro month_of(events, date_column) -%}
cast({{ dbt.date_trunc('month', events ~ '.' ~ date_column) }} as date)
{%- endmacro %}


{#-
    The CTE `<name>`: the measures of two aggregates side by side, by period and
    segment. A segment that only one of them has shows 0 for the measures of the other, or null if
    the other knows nothing at all.
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


{#- The condition that joins two aggregates: the same period and segment. -#}
{% macro same_segment(left_name, right_name) -%}
{{ left_name }}.period_grain = {{ right_name }}.period_grain
            and {{ left_name }}.period_start = {{ right_name }}.period_start
            and {{ left_name }}.dimension = {{ right_name }}.dimension
            and {{ left_name }}.segment = {{ right_name }}.segment
{%- endmacro %}

{#-
    The CTE `compared`: for each period the first day of the one before (`previous_period`) and of the
    same a year earlier (`previous_year`), with which of the two it is in `comparison`.
-#}
{% macro compared_periods() -%}
compared as (

    select
        period_grain,
        period_start,
        'previous_period' as comparison,
        previous_period_start as compared_start

    from {{ ref('dim_periods') }}

    union all

    select
        period_grain,
        period_start,
        'previous_year' as comparison,
        previous_year_start as compared_start

    from {{ ref('dim_periods') }}

)
{%- endmacro %}


{#- How many periods of a grain a year has. -#}
{% macro periods_in_a_year(period_grain) -%}
case {{ period_grain }}
            when 'month' then 12
            when 'quarter' then 4
            when 'half_year' then 2
            when 'year' then 1
        end
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
    an aggregate has. `value` is numerator / denominator, or the numerator where there is
    no denominator, unless an expression is given; never 0 for want of a denominator. Without a
    variant the CTE has a column `variant` and the rows of several. It is provisional until the period
    is over and `horizon_days` with it; or, of a cohort without a horizon, until its `conversion` has
    had time (macros/maturity.sql); or as the expression `is_provisional` says. It is provisional, too,
    where a table that it needs is stale and ends before.

    `null_reason` says why there is no value. Where its argument, an expression, says nothing, it is
    `no_source` if a part is not known, and else `zero_denominator`. Give it where a part can be null or
    0 for another reason (macros/null_reasons.sql), and let it say `no_source` first where it is so.
-#}
{% macro kpi_rows(
    kpi, variant, measured, numerator, denominator=none, value=none, horizon_days=0,
    conversion=none, is_provisional='period_end > reporting_date', null_reason=none
) -%}
{%- if value is not none -%}
    {%- set figure = 'cast(' ~ value ~ ' as ' ~ kpi_value_type() ~ ')' -%}
{%- elif denominator is not none -%}
    {%- set figure = ratio(numerator, denominator) -%}
{%- else -%}
    {%- set figure = 'cast(' ~ numerator ~ ' as ' ~ kpi_value_type() ~ ')' -%}
{%- endif -%}
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
    {{ figure }} as value,
    {% if horizon_days -%}
    {%- set is_provisional = dbt.dateadd('day', horizon_days, 'period_end') ~ ' > reporting_date' -%}
    {%- elif conversion is not none -%}
    {%- set is_provisional = is_immature(conversion) -%}
    {%- endif -%}
    {{ is_provisional }}
    or {{ is_stale_at(kpi, variant, measured, horizon_days) }} as is_provisional,
    case
        when {{ figure }} is not null then null
        {%- if null_reason is not none %}
        else coalesce({{ null_reason }}, {{ usual_null_reason(numerator, denominator) }})
        {%- else %}
        else {{ usual_null_reason(numerator, denominator) }}
        {%- endif %}
    end as null_reason

from {{ measured }}
{%- endmacro %}


{#- Why there is no value where nothing else is said: a part is not known, or nothing to divide by. -#}
{% macro usual_null_reason(numerator, denominator) -%}
{%- if denominator is none -%}
'no_source'
{%- else -%}
case
            when
                {{ numerator or 0 }} is not null
                and cast({{ denominator }} as {{ kpi_part_type() }}) = 0
                then 'zero_denominator'
            else 'no_source'
        end
{%- endif -%}
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
        {{ divide(
            'cast(' ~ numerator ~ ' as ' ~ kpi_part_type() ~ ')',
            'cast(' ~ denominator ~ ' as ' ~ kpi_part_type() ~ ')',
        ) }} as {{ kpi_value_type() }}
    )
{%- endmacro %}
