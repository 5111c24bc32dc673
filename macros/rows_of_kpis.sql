{#-
    The rows behind a figure: beside each aggregate that names its records stands a table macro that
    gives the rows that one of its measures is made of, in one period and segment,

        from aggregates.agg_deals_rows('won_count', 'month', date '2025-01-01', 'team', 'SMB')

    It is the aggregate's own text, rendered a third time (macros/given_cuts.sql has the second), so
    that it cannot give other rows than those that are counted: `part` of a row is what it adds to
    the measure. The arguments begin with `of_`, since no column may be called like one of them.
    Only DuckDB has such macros.
-#}
{% macro create_macro_of_rows() -%}
{%- if execute and target.type == 'duckdb' and names_its_records(model) -%}
    {%- do model.update({'is_of_rows': true}) -%}
    {%- set rendered = render(model.raw_code) -%}
    {%- do model.update({'is_of_rows': false}) -%}
create or replace macro {{ model.schema }}.{{ model.alias }}_rows(
    of_measure, of_grain, of_start, of_dimension, of_segment
) as table
{{ rendered }}
{%- endif -%}
{%- endmacro %}


{#- Whether the model is being rendered for its macro of rows. -#}
{% macro is_of_rows() -%}
{{- return(model.get('is_of_rows', false)) -}}
{%- endmacro %}


{#- Whether an aggregate says which records it counts. -#}
{% macro names_its_records(node) -%}
{{- return(
    node.resource_type == 'model'
    and node.fqn[1] == 'aggregates'
    and modules.re.search('record=\\[', node.raw_code) is not none
) -}}
{%- endmacro %}


{#- The kind of the records that an aggregate counts, taken from its text. -#}
{% macro record_type_of(node) -%}
{{- return(modules.re.search("record=\\['(\\w+)'", node.raw_code).group(1)) -}}
{%- endmacro %}


{#-
    The last CTEs of an aggregate in its macro of rows: instead of what is counted, the rows that are.
    `record` is the kind of the records and the column of their id. An argument that is null asks for
    all: all periods of a grain, all segments of a dimension.
-#}
{% macro rows_behind(population, cuts, slices, has_weeks, record) -%}
{%- set is_owned = 'owner_name' in cuts.values() | select('string') | list -%}
{{ listed('all_cuts', 'dimension', ['all'] + cuts.keys() | list) }},

cuts as (

    select dimension from all_cuts where {{ is_asked('dimension', 'of_dimension') }}

),

sliced as (

    select
        {{ cut_of(population, cuts) }},
        {{ population }}.*

    from {{ population }}

    cross join cuts

),
{%- for slice, of in slices.items() %}
{%- set parts = parts_of_rows(of, has_weeks) %}
{%- set part = part_name(has_weeks) -%}
{%- set period = period_of_rows(of, has_weeks) %}

{{ slice }} as (

    select
        {{ period }}.period_grain,
        {{ period }}.period_start,
        sliced.dimension,
        sliced.segment,
        cast(sliced.{{ record[1] }} as {{ dbt.type_string() }}) as record_id,
        cast({{ 'sliced.' ~ of.by if of.by else 'null' }} as date) as record_date,
        cast({{ 'sliced.owner_name' if is_owned else 'null' }} as {{ dbt.type_string() }})
            as owner_name,
        cast({{ 'sliced.team' if is_owned else 'null' }} as {{ dbt.type_string() }}) as team,
        cast(
            case of_measure
                {%- for measure, expression in parts.items() %}
                when '{{ measure }}' then {{ expression }}
                {%- endfor %}
            end as {{ kpi_part_type() }}
        ) as part

    from sliced
    {%- if period != 'sliced' %}

    inner join {{ ref('dim_period_' ~ part ~ 's') }} as {{ period }}
        on
            {{ part_of('sliced', of.by, has_weeks) }} = {{ period }}.{{ part }}_start
            {%- if of.get('parts', 'all') != 'all' %}
            and {{ period }}.is_{{ of.parts }}_{{ part }}
            {%- endif %}
    {%- endif %}

    where
        of_measure in ('{{ parts.keys() | join("', '") }}')
        and {{ is_asked(period ~ '.period_grain', 'of_grain') }}
        and {{ is_asked(period ~ '.period_start', 'of_start') }}
        and {{ is_asked('sliced.segment', 'of_segment') }}

),
{%- endfor %}

final as (
    {%- for slice in slices %}
    {% if not loop.first %}
    union all
    {% endif %}
    select * from {{ slice }} where part != 0
    {%- endfor %}

)
{%- endmacro %}


{#- Whether a row has the value that an argument asks for; null asks for any. -#}
{% macro is_asked(column, argument) -%}
({{ argument }} is null or {{ column }} = {{ argument }})
{%- endmacro %}


{#- What knows the period of a row of a slice. -#}
{% macro period_of_rows(of, has_weeks) -%}
{{- return('sliced' if of.parts == 'given' else 'period_' ~ part_name(has_weeks) ~ 's') -}}
{%- endmacro %}


{#-
    Measure -> what a row adds to it, for the measures of a slice that rows add up to: a count gets 1
    of each row, or of the first one of those that count once, a sum the amount. A median has no parts.
-#}
{% macro parts_of_rows(of, has_weeks) -%}
{%- set parts = {} -%}
{%- set period = period_of_rows(of, has_weeks) -%}
{%- for kind in ['counts', 'sums'] -%}
    {%- for measure, aggregate in of.get(kind, {}).items() -%}
        {%- set said = modules.re.fullmatch(
            '(-1 \\* )?(count|sum)\\((distinct )?(.*)\\)', aggregate, modules.re.DOTALL
        ) -%}
        {%- set once = said.group(3) or of.once -%}
        {%- set inner = said.group(4) -%}
        {%- if said.group(2) == 'sum' -%}
            {%- set expression = (said.group(1) or '') ~ '(' ~ inner ~ ')' -%}
        {%- elif once -%}
            {%- set counted = of.once[0] if of.once else inner -%}
            {%- set expression = 'case when (' ~ inner ~ ') is not null and row_number() over ('
                ~ 'partition by ' ~ period ~ '.period_grain, ' ~ period ~ '.period_start, '
                ~ 'sliced.dimension, sliced.segment, (' ~ counted ~ ') '
                ~ 'order by sliced.' ~ of.by ~ ') = 1 then 1 end' -%}
        {%- else -%}
            {%- set expression = 'case when (' ~ inner ~ ') is not null then 1 end' -%}
        {%- endif -%}
        {%- do parts.update({measure: expression}) -%}
    {%- endfor -%}
{%- endfor -%}
{%- for measure, (column, condition) in of.get('amounts', {}).items() -%}
    {%- do parts.update({measure: 'case when ' ~ condition ~ ' then ' ~ column ~ ' end'}) -%}
{%- endfor -%}
{{- return(parts) -}}
{%- endmacro %}
