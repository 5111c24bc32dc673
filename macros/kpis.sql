{#-
    The CTEs that measure the rows of `events` by period and by cut; the last one is `<name>`.

    events        a CTE of the model, one row per entity or event
    date_column   the day that puts a row into a period; rows without it are in none
    cuts          dimension -> column; each dimension is cut alone, beside the total all/all
    measures      name -> aggregate over the rows of a period and segment; 0 where there are none
    statistics    the same, but null where there are no rows (a median has no zero)

    `<name>` has the periods of `dim_periods` times the segments that `events` has at all: a segment
    without rows in a period is there, with 0. If `events` has no rows whatever (a source that does
    not exist), all measures are null: not zero leads, but none known.
-#}
{% macro measured_by_period(name, events, date_column, cuts, measures, statistics={}) -%}
{{ name }}_cuts as (

    select 'all' as dimension
    {%- for dimension in cuts %}
    union all
    select '{{ dimension }}' as dimension
    {%- endfor %}

),

{{ name }}_sliced as (

    select
        {{ name }}_cuts.dimension,
        case {{ name }}_cuts.dimension
            when 'all' then 'all'
            {%- for dimension, column in cuts.items() %}
            when '{{ dimension }}' then coalesce({{ events }}.{{ column }}, '(none)')
            {%- endfor %}
        end as segment,
        cast({{ dbt.date_trunc('month', events ~ '.' ~ date_column) }} as date) as month_start,
        {{ events }}.*

    from {{ events }}

    cross join {{ name }}_cuts

),

{{ name }}_segments as (

    select
        'all' as dimension,
        'all' as segment,
        count(*) > 0 as has_events

    from {{ events }}

    union all

    select distinct
        dimension,
        segment,
        true as has_events

    from {{ name }}_sliced

    where dimension != 'all'

),

{{ name }}_parts as (

    select
        period_months.period_grain,
        period_months.period_start,
        {{ name }}_sliced.dimension,
        {{ name }}_sliced.segment
        {%- for measure, aggregate in measures.items() %},
        {{ aggregate }} as {{ measure }}
        {%- endfor %}
        {%- for statistic, aggregate in statistics.items() %},
        {{ aggregate }} as {{ statistic }}
        {%- endfor %}

    from {{ name }}_sliced

    inner join {{ ref('dim_period_months') }} as period_months
        on {{ name }}_sliced.month_start = period_months.month_start

    group by
        period_months.period_grain,
        period_months.period_start,
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
        {{ name }}_segments.has_events

    from {{ ref('dim_periods') }} as periods

    cross join {{ name }}_segments

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
        case when {{ name }}_spine.has_events then coalesce({{ name }}_parts.{{ measure }}, 0) end
            as {{ measure }}
        {%- endfor %}
        {%- for statistic in statistics %},
        {{ name }}_parts.{{ statistic }}
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
    The rows of one variant in the shape of every KPI view, from a CTE with the columns that
    `measured_by_period` gives. `value` is numerator / denominator, or the numerator where there is
    no denominator, unless an expression is given; never 0 for want of a denominator.
-#}
{% macro kpi_rows(
    kpi, variant, measured, numerator, denominator=none, value=none, horizon_days=0
) -%}
select
    '{{ kpi }}' as kpi,
    '{{ variant }}' as variant,
    period_grain,
    period_start,
    period_end,
    dimension,
    segment,
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
    period_end > reporting_date as is_provisional
    {%- endif %}

from {{ measured }}
{%- endmacro %}


{#- Numerators and denominators: counts, days and money in the reporting currency. -#}
{% macro kpi_part_type() -%} decimal(28, 4) {%- endmacro %}

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
