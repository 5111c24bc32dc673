{#-
    The view that counts first entries of contacts into a lifecycle stage. `standard` takes a
    contact that skipped the stage to have entered it with the next one; `strict` counts only those
    that were in it.
-#}
{% macro stage_entries_kpi(kpi, stage) -%}
with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ measured_by_period('reached', 'contacts', stage ~ '_date', var('contact_cuts'), {
    'contact_count': 'count(contact_id)',
}) }},

{{ measured_by_period('own', 'contacts', 'own_' ~ stage ~ '_date', var('contact_cuts'), {
    'contact_count': 'count(contact_id)',
}) }},

final as (

    {{ kpi_rows(kpi, 'standard', 'reached', 'contact_count') }}

    union all

    {{ kpi_rows(kpi, 'strict', 'own', 'contact_count') }}

)

select * from final
{%- endmacro %}


{#-
    The view of a conversion rate between two lifecycle stages.

    cohort            of the contacts that reached the earlier stage in the period, how many ever
                      reached the later one
    cohort_90_days    how many did so within `cohort_horizon_days` of their own entry; provisional
                      until the last of the cohort has had that long
    period            entries into the later stage in the period, over entries into the earlier
    strict…           the same three, of contacts that were in the earlier stage themselves and, for
                      the numerator, in the later one too and not before it
-#}
{% macro conversion_rate_kpi(kpi, from_stage, to_stage) -%}
{%- set horizon = var('cohort_horizon_days') -%}
{%- set variants_by_prefix = {
    'standard_': ['cohort', 'cohort_90_days', 'period'],
    'strict_': ['strict', 'strict_90_days', 'strict_period'],
} -%}
{%- set in_order = 'own_' ~ to_stage ~ '_date >= own_' ~ from_stage ~ '_date' -%}
with contacts as (

    select
        *,
        {{ dbt.datediff(from_stage ~ '_date', to_stage ~ '_date', 'day') }} as conversion_days,
        case when {{ in_order }} then own_{{ to_stage }}_date end as strict_to_date,
        case
            when {{ in_order }}
                then {{ dbt.datediff(
                    'own_' ~ from_stage ~ '_date', 'own_' ~ to_stage ~ '_date', 'day'
                ) }}
        end as strict_conversion_days

    from {{ ref('fct_contact_funnel') }}

),

{{ measured_by_period('standard_cohort', 'contacts', from_stage ~ '_date', var('contact_cuts'), {
    'from_count': 'count(contact_id)',
    'to_count': 'count(' ~ to_stage ~ '_date)',
    'to_count_in_horizon': 'count(case when conversion_days <= ' ~ horizon ~ ' then contact_id end)',
}) }},

{{ measured_by_period('standard_entries', 'contacts', to_stage ~ '_date', var('contact_cuts'), {
    'to_count': 'count(contact_id)',
}) }},

{{ measured_by_period('strict_cohort', 'contacts', 'own_' ~ from_stage ~ '_date', var('contact_cuts'), {
    'from_count': 'count(contact_id)',
    'to_count': 'count(strict_to_date)',
    'to_count_in_horizon':
        'count(case when strict_conversion_days <= ' ~ horizon ~ ' then contact_id end)',
}) }},

{{ measured_by_period('strict_entries', 'contacts', 'strict_to_date', var('contact_cuts'), {
    'to_count': 'count(contact_id)',
}) }},

{%- for prefix, variants in variants_by_prefix.items() %}

{{ listed(prefix ~ 'variants', 'variant', variants) }},

-- The three variants of a segment are one row that is multiplied, not three queries of one CTE: of
-- those DuckDB 1.5 never answers `period_grain in ('month', 'quarter')` on 50,000 contacts.
{{ prefix }}rates as (

    select
        {{ prefix }}variants.variant,
        {{ prefix }}cohort.period_grain,
        {{ prefix }}cohort.period_start,
        {{ prefix }}cohort.period_end,
        {{ prefix }}cohort.dimension,
        {{ prefix }}cohort.segment,
        {{ prefix }}cohort.from_count,
        case {{ prefix }}variants.variant
            when '{{ variants[0] }}' then {{ prefix }}cohort.to_count
            when '{{ variants[1] }}' then {{ prefix }}cohort.to_count_in_horizon
            else {{ prefix }}entries.to_count
        end as to_count,
        case {{ prefix }}variants.variant
            when '{{ variants[1] }}'
                then {{ dbt.dateadd('day', horizon, prefix ~ 'cohort.period_end') }}
            else {{ prefix }}cohort.period_end
        end > {{ prefix }}cohort.reporting_date as is_provisional

    from {{ prefix }}cohort

    inner join {{ prefix }}entries
        on
            {{ prefix }}cohort.period_grain = {{ prefix }}entries.period_grain
            and {{ prefix }}cohort.period_start = {{ prefix }}entries.period_start
            and {{ prefix }}cohort.dimension = {{ prefix }}entries.dimension
            and {{ prefix }}cohort.segment = {{ prefix }}entries.segment

    cross join {{ prefix }}variants

),
{%- endfor %}

rates as (

    select * from standard_rates

    union all

    select * from strict_rates

),

final as (

    select
        '{{ kpi }}' as kpi,
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        cast(to_count as {{ kpi_part_type() }}) as numerator,
        cast(from_count as {{ kpi_part_type() }}) as denominator,
        {{ ratio('to_count', 'from_count') }} as value,
        is_provisional

    from rates

)

select * from final
{%- endmacro %}


{#-
    The view of the rate at which visitors of the site and of stands reach a lifecycle stage.

    cohort            of the visitors that first came in the period, how many ever reached it, on
                      the day of their first visit or later
    cohort_90_days    how many did so within `cohort_horizon_days` of it; provisional until the last
                      of the cohort has had that long
    period            entries into the stage in the period over the different visitors of the period

    What counts as an entry of a period is said by `entries_of`: of `contacts`, all that came from
    where visitors come from at all (no partner's leads, if there are no visits by partners), each
    under its own channel, whether its visits are known or not; of `visitors`, those that are known
    to have become something, under their first touch. A visit counts under its own channel, so that
    a visitor stands in all segments through which it came.
-#}
{% macro visitor_conversion_kpi(kpi, stage, entries_of='contacts') -%}
{%- set horizon = var('cohort_horizon_days') -%}
with touches as (

    select * from {{ ref('fct_touches') }}

),

-- Without any contact nobody knows what became of the visitors.
all_contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

-- Who had reached the stage before the first visit was not won by it.
visitors as (

    select
        *,
        case when {{ stage }}_date >= first_visit_date then {{ stage }}_date end as entered_date,
        {{ dbt.datediff('first_visit_date', stage ~ '_date', 'day') }} as conversion_days

    from {{ ref('fct_visitors') }}

),
{%- if entries_of == 'contacts' %}

-- A channel that the reference does not know has no touchpoint and speaks for itself.
visited_origins as (

    select distinct coalesce(touchpoint, channel) as origin

    from touches

),

contacts as (

    select
        funnel.*,
        funnel.{{ stage }}_date as entered_date

    from all_contacts as funnel

    inner join visited_origins
        on coalesce(funnel.touchpoint, funnel.channel) = visited_origins.origin

),
{%- endif %}

{{ measured_by_period('cohort', 'visitors', 'first_visit_date', var('visit_cuts'), {
    'visitor_count': 'count(visitor_id)',
    'converted_count': 'count(entered_date)',
    'converted_count_in_horizon':
        'count(case when conversion_days between 0 and ' ~ horizon ~ ' then visitor_id end)',
}, needs=['all_contacts']) }},

{{ measured_by_period('entries', entries_of, 'entered_date', var('visit_cuts'), {
    'entry_count': 'count(*)',
}, needs=['all_contacts']) }},

{{ measured_by_period('visits', 'touches', 'touched_date', var('visit_cuts'), {
    'visitor_count': 'count(visitor_id)',
}, once=['visitor_id']) }},

{{ measured_together('period', 'visits', ['visitor_count'], 'entries', ['entry_count']) }},

{{ listed('cohort_variants', 'variant', ['cohort', 'cohort_90_days']) }},

cohorts as (

    select
        cohort_variants.variant,
        cohort.period_grain,
        cohort.period_start,
        cohort.period_end,
        cohort.dimension,
        cohort.segment,
        cohort.visitor_count,
        case cohort_variants.variant
            when 'cohort' then cohort.converted_count
            else cohort.converted_count_in_horizon
        end as converted_count,
        case cohort_variants.variant
            when 'cohort' then cohort.period_end
            else {{ dbt.dateadd('day', horizon, 'cohort.period_end') }}
        end > cohort.reporting_date as is_early

    from cohort

    cross join cohort_variants

),

final as (

    {{ kpi_rows(kpi, 'period', 'period', 'entry_count', 'visitor_count') }}

    union all

    {{ kpi_rows(
        kpi, none, 'cohorts', 'converted_count', 'visitor_count', is_provisional='is_early'
    ) }}

)

select * from final
{%- endmacro %}
