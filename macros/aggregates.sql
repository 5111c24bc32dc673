{#-
    The last CTEs of an aggregate, which counts one population: by period, and by segment of each cut.

    population    a CTE of the model, one row per entity or event; its segments are those of all rows
    cuts          dimension -> column; each dimension is cut alone, beside the total all/all. A list
                  of other dimensions is cut by all of them together
    slices        name -> what is counted of the rows by one of their days:

        by          the column of the day that puts a row into a period; a row without it is in none
        parts       which parts of a period count: `all` of them, or for a balance only its `last`
                    or its `first` one; `given` if the rows say their period_grain and period_start.
                    Parts are months, or with weeks the pieces of dim_period_pieces
        needs       CTEs of other sources that the slice is made of
        counts      name -> aggregate, a whole number; 0 where no row is
        sums        name -> aggregate, of money or days; 0 where no row is
        statistics  name -> aggregate; null where no row is, because a median has no zero
        dates       name -> aggregate, a day; null where no row is
        amounts     name -> (column, condition): the sum of a column that may be unknown, over the
                    rows that fulfil the condition; of what is known, 0 where no row does, and null
                    where some do and none is known, or no row of the population has the column
        once        columns, the first of them an id: rows alike in these count once a period and
                    segment, and `counts` count them

    has_weeks     whether it is also counted by week, and by a company's own calendar of weeks. What
                  is only known by month, such as costs and balances of billing, has no weeks
    has_next      whether it also has the next period of each grain, in which nothing has happened
                  yet: for plans, and for what is set against them

    record        the kind of the records that the rows are of, the column of their id and the mart
                  that holds them, if the rows behind a figure can be listed
                  (macros/rows_of_kpis.sql)

    The last CTE is `final`. It has the periods that have begun times the segments of the population: a segment without rows in a period is there, with 0. If the population, or a source
    that a slice needs, has no rows whatever (it does not exist), all is null: not zero leads, but
    none known.
-#}
{% macro aggregated(
    population, cuts, slices, has_weeks=false, has_next=false, record=none
) -%}
{%- if cuts is not mapping -%}
    {#- dbt comes here while it parses, before `check_settings` can run. -#}
    {%- do refuse_settings(all_setting_faults()) -%}
{%- endif -%}
{% if is_described() -%}
{{ description_of_rows(population, cuts, slices) }}
{%- elif is_of_rows() -%}
{{ rows_behind(population, cuts, slices, has_weeks, has_next, record) }}
{%- else -%}
{{ counted_rows(population, cuts, slices, has_weeks, has_next) }}
{%- endif %}
{%- endmacro %}


{#- The last CTEs of an aggregate: what is counted. -#}
{% macro counted_rows(population, cuts, slices, has_weeks, has_next) -%}
{% if not is_by_given_cuts() -%}
{{ listed('cuts', 'dimension', ['all'] + cuts.keys() | list) }},

{% endif -%}
sliced as {{ read_in_place() }}(

    select
        {{ cut_of(population, cuts) }},
        {{ population }}.*

    {{ from_cut(population) }}

),

segments as (

    {{ the_total() }}

    union all

    select distinct
        dimension,
        segment

    from sliced

    where dimension != 'all'

),

{%- for slice, of in slices.items() %}

{% if of.once -%}
    {{ slice_once(slice, population, cuts, of, has_weeks) }}
{%- else -%}
    {{ slice_of(slice, of, has_weeks) }}
{%- endif %},
{%- endfor %}

sources as (

    select
        count(*) > 0 as is_population_known
        {%- for slice, of in slices.items() %}
        {%- if of.needs %},
        count(*) > 0
        {%- for source in of.needs %}
        and (select count(*) from {{ source }}) > 0
        {%- endfor %} as is_{{ slice }}_known
        {%- endif %}
        {%- for amount, (column, condition) in of.get('amounts', {}).items() %},
        count({{ column }}) > 0 as is_{{ amount }}_known
        {%- endfor %}
        {%- endfor %}

    from {{ population }}

),

-- Apart from the join below: DuckDB writes `a cross join b left join c` down as `a, b left join c`,
-- in which c can no longer be joined on a column of a. The publication reads views as written down.
spine as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.reporting_date,
        segments.dimension,
        segments.segment,
        sources.*

    from {{ ref('dim_periods') }} as periods

    cross join segments

    cross join sources

    where
        {% if has_next -%}
        (periods.period_start <= periods.reporting_date or periods.is_next)
        {%- else -%}
        periods.period_start <= periods.reporting_date
        {%- endif %}
        {%- if not has_weeks %}
        and periods.period_grain in ({{ month_grains() }})
        {%- endif %}

),

final as (

    select
        spine.period_grain,
        spine.period_start,
        spine.period_end,
        spine.reporting_date,
        spine.dimension,
        spine.segment
        {%- for slice, of in slices.items() %}
        {%- set is_known = 'spine.is_' ~ (slice if of.needs else 'population') ~ '_known' %}
        {%- for kind, type in [('counts', 'bigint'), ('sums', kpi_part_type())] %}
        {%- for measure in of.get(kind, {}) %},
        case
            when {{ is_known }} then cast(coalesce({{ slice }}.{{ measure }}, 0) as {{ type }})
        end as {{ measure }}
        {%- endfor %}
        {%- endfor %}
        {%- for kind, type in [('statistics', kpi_value_type()), ('dates', 'date')] %}
        {%- for measure in of.get(kind, {}) %},
        case when {{ is_known }} then cast({{ slice }}.{{ measure }} as {{ type }}) end
            as {{ measure }}
        {%- endfor %}
        {%- endfor %}
        {%- for amount in of.get('amounts', {}) %},
        case
            when not {{ is_known }} or not spine.is_{{ amount }}_known then null
            when {{ slice }}.period_start is null then 0
            else cast({{ slice }}.{{ amount }} as {{ kpi_part_type() }})
        end as {{ amount }}
        {%- endfor %}
        {%- endfor %}

    from spine
    {%- for slice in slices %}

    left join {{ slice }}
        on {{ same_segment('spine', slice) }}
    {%- endfor %}

)
{%- endmacro %}


{#- The CTE `<slice>`: what `aggregated` counts of a slice, where it has rows. -#}
{% macro slice_of(slice, of, has_weeks) -%}
{%- set part = part_name(has_weeks) -%}
{%- set parts = of.get('parts', 'all') -%}
{%- set period = 'sliced' if parts == 'given' else 'period_' ~ part ~ 's' -%}
{{ slice }} as (

    select
        {{ period }}.period_grain,
        {{ period }}.period_start,
        sliced.dimension,
        sliced.segment
        {%- for kind in ['counts', 'sums', 'statistics', 'dates'] %}
        {%- for measure, aggregate in of.get(kind, {}).items() %},
        {{ aggregate }} as {{ measure }}
        {%- endfor %}
        {%- endfor %}
        {%- for amount, (column, condition) in of.get('amounts', {}).items() %},
        case
            when count(case when {{ condition }} then 1 end) = 0 then 0
            else sum(case when {{ condition }} then {{ column }} end)
        end as {{ amount }}
        {%- endfor %}

    from sliced
    {%- if parts != 'given' %}

    inner join {{ ref('dim_period_' ~ part ~ 's') }} as {{ period }}
        on
            {{ part_of('sliced', of.by, has_weeks) }} = {{ period }}.{{ part }}_start
            {%- if parts != 'all' %}
            and {{ period }}.is_{{ parts }}_{{ part }}
            {%- endif %}
    {%- endif %}

    group by
        {{ period }}.period_grain,
        {{ period }}.period_start,
        sliced.dimension,
        sliced.segment

)
{%- endmacro %}


{#-
    The same for rows that count once a period and segment: how many came in a part, by the part
    before it in which they, too, had come. They count in the periods that begin after that one, so
    that the unique visitors of any period are a sum of a few rows. Only what came in several rows
    has to be sorted for that: most visitors come once.
-#}
{% macro slice_once(slice, population, cuts, of, has_weeks) -%}
{%- if of.get('parts', 'all') != 'all' or of.sums or of.statistics or of.dates or of.amounts -%}
    {{ exceptions.raise_compiler_error('Rows that count once are only counted, and in all parts.') }}
{%- endif -%}
{{ slice }}_distinct as (

    select distinct
        {{ part_of(population, of.by, has_weeks) }} as row_part,
        {%- for column in (of.once + cuts.values() | select('string') | list) | unique %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ population }}

    where {{ of.once[0] }} is not null

),

{{ slice }}_alike as (

    select
        *,
        count(*) over (partition by {{ of.once | join(', ') }}) = 1 as is_alone

    from {{ slice }}_distinct

),

{{ slice }}_by_cut as {{ read_in_place() }}(

    select
        {{ cut_of(slice ~ '_alike', cuts) }},
        {%- for column in ['row_part', 'is_alone'] + of.once %}
        {{ slice }}_alike.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}

    {{ from_cut(slice ~ '_alike') }}

),

{{ slice }}_come_again as (

    select
        *,
        cast(null as date) as earlier_part

    from {{ slice }}_by_cut

    where is_alone

    union all

    select
        *,
        lag(row_part) over (
            partition by dimension, segment, {{ of.once | join(', ') }} order by row_part
        ) as earlier_part

    from {{ slice }}_by_cut

    where not is_alone

),

{{ slice }}_by_part as (

    select
        dimension,
        segment,
        row_part,
        earlier_part
        {%- for measure, aggregate in of.counts.items() %},
        {{ aggregate }} as {{ measure }}
        {%- endfor %}

    from {{ slice }}_come_again

    group by
        dimension,
        segment,
        row_part,
        earlier_part

),

{{ slice }} as (

    select
        period_parts.period_grain,
        period_parts.period_start,
        {{ slice }}_by_part.dimension,
        {{ slice }}_by_part.segment
        {%- for measure in of.counts %},
        sum({{ slice }}_by_part.{{ measure }}) as {{ measure }}
        {%- endfor %}

    from {{ slice }}_by_part

    inner join {{ ref('dim_period_' ~ part_name(has_weeks) ~ 's') }} as period_parts
        on
            {{ slice }}_by_part.row_part = period_parts.{{ part_name(has_weeks) }}_start
            and (
                {{ slice }}_by_part.earlier_part is null
                or {{ slice }}_by_part.earlier_part < period_parts.period_start
            )

    group by
        period_parts.period_grain,
        period_parts.period_start,
        {{ slice }}_by_part.dimension,
        {{ slice }}_by_part.segment

)
{%- endmacro %}


{#-
    The columns `dimension` and `segment` of a row: of the cut beside it, or, where a reader gives the
    cuts (macros/given_cuts.sql), of all of them together, as a list.
-#}
{% macro cut_of(rows, cuts) -%}
{%- if is_by_given_cuts() -%}
case
            when len({{ given_cuts() }}) = 0 then 'all'
            when {{ has_repeated_cut() }} then error('A cut is given twice')
            else array_to_string({{ given_cuts() }}, ' x ')
        end as dimension,
        [
            case given_cut
                {%- for dimension, column in cuts.items() %}
                when '{{ dimension }}' then {{ segment_of(rows, column, cuts) }}
                {%- endfor %}
                {#- A case needs a branch where there are no cuts; null is no value that it meets. #}
                when null then null
                else error({{ unknown_cut(cuts) }})
            end
            for given_cut in {{ given_cuts() }}
        ] as segment
{%- else -%}
cuts.dimension,
        case cuts.dimension
            when 'all' then 'all'
            {%- for dimension, column in cuts.items() %}
            when '{{ dimension }}' then {{ segment_of(rows, column, cuts) }}
            {%- endfor %}
        end as segment
{%- endif -%}
{%- endmacro %}


{#- The segment of a row: the value of its column, or of several cuts the segments side by side. -#}
{% macro segment_of(rows, column, cuts) -%}
{%- if column is string -%}
coalesce({{ rows }}.{{ column }}, '(none)')
{%- else -%}
    {%- for cut in column -%}
{{ segment_of(rows, cuts[cut], cuts) }}{{ " || ' x ' || " if not loop.last }}
    {%- endfor -%}
{%- endif -%}
{%- endmacro %}


{#- The columns of the cuts, each with its comma, for rows that do not have all columns of the mart. -#}
{% macro columns_of_cuts(cuts, without=[]) -%}
{%- for column in cuts.values() | select('string') | reject('in', without) | unique -%}
{{ '\n        ' if not loop.first }}{{ column }},
{%- endfor -%}
{%- endmacro %}


{#- The rows, each once for every cut. -#}
{% macro from_cut(rows) -%}
from {{ rows }}
{%- if not is_by_given_cuts() %}

    cross join cuts
{%- endif -%}
{%- endmacro %}


{#- The row of the total, which is there without any event. -#}
{% macro the_total() -%}
{%- if is_by_given_cuts() -%}
select
        'all' as dimension,
        cast([] as varchar[]) as segment

    where len({{ given_cuts() }}) = 0
{%- else -%}
select
        'all' as dimension,
        'all' as segment
{%- endif -%}
{%- endmacro %}


{#- What periods are made of: months, or where there are weeks pieces of months and weeks. -#}
{% macro part_name(has_weeks) -%}
{{- return('piece' if has_weeks else 'month') -}}
{%- endmacro %}


{#- The first day of the part of a period that a day lies in. -#}
{% macro part_of(rows, date_column, has_weeks) -%}
{{ piece_of(rows, date_column) if has_weeks else month_of(rows, date_column) }}
{%- endmacro %}


{#- The grains of the periods that are made of whole months. -#}
{% macro month_grains() -%} 'month', 'quarter', 'half_year', 'year' {%- endmacro %}
