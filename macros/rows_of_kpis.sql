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


{#- The mart that an aggregate counts the rows of. -#}
{% macro mart_of(node) -%}
{{- return(modules.re.search("record=\\['\\w+', '\\w+', '(\\w+)'", node.raw_code).group(1)) -}}
{%- endmacro %}


{#-
    The last CTEs of an aggregate in its macro of rows: the rows that are counted, instead of what is
    counted. `record` is the kind of the records, the column of their id, and the mart. An argument
    that is null asks for all: all periods of a grain, all segments of a dimension.
-#}
{% macro rows_behind(population, cuts, slices, has_weeks, has_next, record) -%}
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

rows_of_measure as (
    {%- for slice in slices %}
    {% if not loop.first %}
    union all
    {% endif %}
    select * from {{ slice }} where part != 0
    {%- endfor %}

),

-- The periods that the aggregate has.
final as (

    select rows_of_measure.*

    from rows_of_measure

    inner join {{ ref('dim_periods') }} as periods
        on
            rows_of_measure.period_grain = periods.period_grain
            and rows_of_measure.period_start = periods.period_start

    where periods.has_begun{{ ' or periods.is_next' if has_next }}

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
    Measure -> what a row adds to it, for the measures of a slice that rows add up to: a count gets
    1 of each row, or of the first one of those that count once, a sum the amount. A median has no
    parts.
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


{#-
    For each KPI with rows a table macro that gives them, from what `kpi_rows_of` lists:

        from kpis.rows_of_win_rate('count', 'numerator', 'month', date '2025-01-01', 'team', 'SMB')

    Null stands for the default variant, for the numerator, and for any period and segment. The
    parts of a record are added, so that a record stands once beside each of its days.
-#}
{% macro create_macros_of_kpi_rows() -%}
{%- if execute and target.type == 'duckdb' -%}
{%- set listed = run_query(
    "select kpi, default_variant, variant, part, dimension, segment, aggregate, measure, factor, "
    ~ "is_of_total, record_type from " ~ this ~ " where aggregate is not null "
    ~ "order by kpi, variant_place, part desc, row_place"
) -%}
{%- for kpi, entries in listed.rows | groupby('kpi') %}
create or replace macro {{ this.schema }}.rows_of_{{ kpi }}(
    of_variant, of_part, of_grain, of_start, of_dimension, of_segment
) as table
{{ rows_of_kpi(kpi, entries) }};
{% endfor -%}
{%- endif -%}
{%- endmacro %}


{#- The rows of one KPI, by variant and part. -#}
{% macro rows_of_kpi(kpi, entries) -%}
{%- set variant = "coalesce(of_variant, '" ~ entries[0].default_variant ~ "')" -%}
{%- set part = "coalesce(of_part, 'numerator')" -%}
{#- Cuts with rows of their own, and how often an aggregate is asked for one part. -#}
{%- set own_cuts, times, branches = {}, {}, {} -%}
{%- for entry in entries if entry.dimension -%}
    {%- do own_cuts.setdefault(entry.variant ~ '/' ~ entry.part, []).append(entry.dimension) -%}
{%- endfor -%}
{%- for entry in entries -%}
    {%- set said = entry.variant ~ '/' ~ entry.part -%}
    {%- set asked = (said, entry.aggregate, entry.dimension, entry.segment) -%}
    {%- do times.update({asked: times.get(asked, 0) + 1}) -%}
    {%- set others = own_cuts.get(said, []) | unique | sort if not entry.dimension else [] -%}
    {%- set branch = (
        entry.aggregate, entry.dimension or '', entry.segment or '', entry.is_of_total,
        entry.factor, entry.record_type, others | join('|'), times[asked],
    ) -%}
    {%- do branches.setdefault(branch, {}).update({said: entry.measure}) -%}
{%- endfor -%}
with found as (
    {%- for branch, measures in branches.items() %}
    {%- set aggregate, dimension, segment, is_of_total, factor, type, others, time = branch %}
    {% if not loop.first %}
    union all
    {% endif %}
    select
        '{{ type }}' as record_type,
        counted.period_grain,
        counted.period_start,
        {{ "'" ~ dimension ~ "' as dimension" if is_of_total else 'counted.dimension' }},
        {{ 'segments.segment' if is_of_total else 'counted.segment' }},
        counted.record_id,
        counted.record_date,
        counted.owner_name,
        counted.team,
        {{ factor }} * counted.part as part_value

    from aggregates.{{ aggregate }}_rows(
        case {{ variant }} || '/' || {{ part }}
            {%- for said, measure in measures.items() %}
            when '{{ said }}' then '{{ measure }}'
            {%- endfor %}
        end,
        of_grain,
        of_start,
        {{ "'all'" if is_of_total else ("'" ~ dimension ~ "'" if dimension else 'of_dimension') }},
        {{ "'all'" if is_of_total else 'of_segment' }}
    ) as counted
    {%- if is_of_total %}

    cross join (
        select distinct segment
        from kpis.kpi_values
        where
            kpi = '{{ kpi }}'
            and dimension = '{{ dimension }}'
            {%- if segment %}
            and segment = '{{ segment }}'
            {%- endif %}
            and {{ is_asked('segment', 'of_segment') }}
    ) as segments
    {%- endif %}
    {%- if dimension %}

    where {{ is_asked("'" ~ dimension ~ "'", 'of_dimension') }}
    {%- elif others %}

    where counted.dimension not in ('{{ others.split('|') | join("', '") }}')
    {%- endif %}
    {%- endfor %}

),

added as (

    select
        record_type,
        period_grain,
        period_start,
        dimension,
        segment,
        record_id,
        record_date,
        owner_name,
        team,
        sum(part_value) as part_value

    from found

    group by all

    having sum(part_value) != 0

),

names as (
    {%- for type in entries | map(attribute='record_type') | unique %}
    {% if not loop.first %}
    union all
    {% endif %}
    {{ names_of_records(type) }}
    {%- endfor %}

)

select
    '{{ kpi }}' as kpi,
    {{ variant }} as variant,
    {{ part }} as part,
    added.period_grain,
    added.period_start,
    added.dimension,
    added.segment,
    added.record_type,
    added.record_id,
    names.record_name,
    names.company_name,
    added.owner_name,
    added.team,
    added.record_date,
    names.record_amount,
    names.record_stage,
    added.part_value,
    names.record_url

from added

left join names
    on
        added.record_type = names.record_type
        and added.record_id = names.record_id
{%- endmacro %}


{#- How the records of a kind are called, how large they are, and where they can be opened. -#}
{% macro names_of_records(type) -%}
{%- set columns = {
    'deal': ('deal_id', 'deal_name', 'company_name', 'deal_amount', 'stage_name', 'record_url',
        'marts.fct_deals'),
    'contact': ('contacts.contact_id', 'null', 'companies.company_name', 'null',
        'contacts.lifecycle_stage', 'contacts.record_url',
        'marts.dim_contacts as contacts left join marts.dim_companies as companies '
        ~ 'on contacts.company_id = companies.company_id'),
    'customer': ('customers.customer_id', 'customers.company_name', 'customers.company_name',
        'null', 'null', 'companies.record_url',
        'marts.dim_customers as customers left join marts.dim_companies as companies '
        ~ 'on customers.customer_id = companies.company_id'),
    'invoice': ('invoices.invoice_id', 'null', 'customers.company_name', 'null', 'null', 'null',
        'marts.fct_invoices as invoices left join marts.dim_customers as customers '
        ~ 'on invoices.customer_id = customers.customer_id'),
    'owner': ('owner_id', 'owner_name', 'null', 'null', 'null', 'null', 'marts.dim_owners'),
    'cost': ('cost_id', 'cost_category', 'null', 'cost_amount', 'null', 'null', 'marts.fct_costs'),
}.get(type, ('null', 'null', 'null', 'null', 'null', 'null', '(select 1) where false')) -%}
select
        '{{ type }}' as record_type,
        {%- for name in ['record_id', 'record_name', 'company_name'] %}
        cast({{ columns[loop.index0] }} as varchar) as {{ name }},
        {%- endfor %}
        cast({{ columns[3] }} as decimal(18, 2)) as record_amount,
        cast({{ columns[4] }} as varchar) as record_stage,
        cast({{ columns[5] }} as varchar) as record_url

    from {{ columns[6] }}
{%- endmacro %}


{#-
    The measures of each aggregate that names its records: aggregate, measure, its SQL, the mart,
    the condition of the population, the day and the columns of the cuts. An aggregate says this of
    itself when it is rendered for it: nothing else knows what its macros made.
-#}
{% macro described_measures() -%}
{%- set found = [] -%}
{%- if execute -%}
    {#- A unit test knows no project: it has no measures. -#}
    {%- for node in graph.get('nodes', {}).values() if names_its_records(node) -%}
        {#- Names instead of references: the description reads no relation. -#}
        {%- set text = modules.re.sub("ref\\('(\\w+)'\\)", "api.Relation.create(identifier='\\1')",
            node.raw_code) -%}
        {%- do model.update({'is_described': true}) -%}
        {%- set parts = render(text).split('@@') -%}
        {%- do model.update({'is_described': false}) -%}
        {%- set said = fromjson(parts[1]) -%}
        {#- The conditions of the CTEs on the way to the mart, if all of them only select. -#}
        {%- set way = namespace(cte=said.population, conditions=[], is_plain=true) -%}
        {%- for _ in range(5) if way.is_plain and way.cte != mart_of(node) -%}
            {%- set step = modules.re.search(
                '\\b' ~ way.cte ~ ' as (?:not materialized )?\\(\\s+select \\*\\s+from "?(\\w+)"?'
                ~ '(?:\\s+where\\s+(.*?))?\\n\\n\\)', parts[0], modules.re.DOTALL
            ) -%}
            {%- if step -%}
                {%- set way.cte = step.group(1) -%}
                {%- do way.conditions.append(step.group(2).split() | join(' ')) if step.group(2) -%}
            {%- else -%}
                {%- set way.is_plain = false -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for measure, (sql, date_column) in said.measures.items() -%}
            {%- do found.append({
                'aggregate': node.name,
                'measure': measure,
                'record_type': record_type_of(node),
                'mart': mart_of(node),
                'is_prepared': not way.is_plain,
                'population_condition':
                    way.conditions | reverse | join(' and ') if way.is_plain else none,
                'date_column': date_column,
                'sql': sql,
                'cuts': said.cuts | join('|'),
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}
{{- return(found) -}}
{%- endmacro %}


{#- Whether an aggregate is rendered to say what it counts. -#}
{% macro is_described() -%}
{{- return(model.get('is_described', false)) -}}
{%- endmacro %}


{#- The measures of an aggregate, as JSON between two marks. -#}
{% macro description_of_rows(population, cuts, slices) -%}
{%- set measures = {} -%}
{%- for of in slices.values() -%}
    {%- for kind in ['counts', 'sums'] -%}
        {%- for measure, sql in of.get(kind, {}).items() -%}
            {#- Rows that count once are told apart by the first of these columns. -#}
            {%- set whole = 'count(distinct ' ~ of.once[0] ~ ')' if of.once else sql -%}
            {%- do measures.update({measure: (whole, of.get('by'))}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for measure, (column, condition) in of.get('amounts', {}).items() -%}
        {%- set sql = 'sum(' ~ column ~ ')' if condition == 'true'
            else 'sum(case when ' ~ condition ~ ' then ' ~ column ~ ' end)' -%}
        {%- do measures.update({measure: (sql, of.get('by'))}) -%}
    {%- endfor -%}
{%- endfor -%}
{%- set columns = [] -%}
{%- for dimension, column in cuts.items() if column is string -%}
    {%- do columns.append(dimension ~ ': ' ~ column) -%}
{%- endfor -%}
@@{{ tojson({'population': population, 'measures': measures, 'cuts': columns}) }}@@
{%- endmacro %}
