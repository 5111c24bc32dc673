{#-
    Costs that belong to no channel and no campaign, and are no media: salaries, agencies, tools. They
    are shared by all that marketing and sales bring in. Media without a campaign are not: they were
    spent on something that is not told, and stay in (none).
-#}
{% macro is_shared_cost() -%}
channel is null and campaign_name is null and not is_media
{%- endmacro %}


{#-
    The CTE `<name>`: the rows of a CTE of `measured_by_period` with one more column, `<spread>`: what
    costs in common (`shared`, wherever it stands in the dimension) is added to what each segment costs
    itself (`direct`) in proportion to `weight`, the remainder of rounding to the heaviest, so that the
    segments still add up exactly. A refund weighs nothing. The common costs stay where they are if
    nothing has a weight.
-#}
{% macro spread_shared(name, measured, direct, shared, weight, spread) -%}
{{ name }}_weighed as (

    select
        *,
        cast({{ shared }} as {{ kpi_part_type() }}) as {{ name }}_own_shared,
        case when {{ weight }} > 0 then {{ weight }} else 0 end as {{ name }}_weight

    from {{ measured }}

),

{{ name }}_totals as (

    select
        *,
        sum({{ name }}_own_shared) over (
            partition by period_grain, period_start, dimension
        ) as {{ name }}_total_shared,
        sum({{ name }}_weight) over (
            partition by period_grain, period_start, dimension
        ) as {{ name }}_total_weight,
        row_number() over (
            partition by period_grain, period_start, dimension
            order by {{ name }}_weight desc, segment asc
        ) as {{ name }}_rank

    from {{ name }}_weighed

),

{{ name }}_shares as (

    select
        *,
        case
            when {{ name }}_total_weight = 0 then {{ name }}_own_shared
            else cast(
                cast({{ name }}_total_shared as {{ kpi_part_type() }})
                / {{ name }}_total_weight * {{ name }}_weight as {{ kpi_part_type() }}
            )
        end as {{ name }}_share

    from {{ name }}_totals

),

{{ name }} as (

    select
        *,
        cast(
            cast({{ direct }} as {{ kpi_part_type() }})
            + {{ name }}_share
            + case
                when {{ name }}_rank = 1
                    then {{ name }}_total_shared - sum({{ name }}_share) over (
                        partition by period_grain, period_start, dimension
                    )
                else 0
            end as {{ kpi_part_type() }}
        ) as {{ spread }}

    from {{ name }}_shares

)
{%- endmacro %}


{#-
    The CTE `<name>`: of which periods all months reported so far have known costs, by the books and of
    media; with a lag, the months that lie so many months before.
-#}
{% macro known_cost_periods(name, lag_months=0) -%}
{{ name }} as (

    select
        period_months.period_grain,
        period_months.period_start,
        min(case when coverage.are_books_known then 1 else 0 end) = 1 as are_books_known,
        min(case when coverage.is_media_known then 1 else 0 end) = 1 as is_media_known

    from {{ ref('dim_period_months') }} as period_months

    left join {{ ref('fct_cost_coverage') }} as coverage
        on
            {% if lag_months -%}
            cast({{ dbt.dateadd('month', -1 * lag_months, 'period_months.month_start') }} as date)
            {%- else -%}
            period_months.month_start
            {%- endif %} = coverage.month_start

    group by
        period_months.period_grain,
        period_months.period_start

)
{%- endmacro %}


{#-
    The view of what one contact costs that enters a lifecycle stage: the costs of the period by the
    entries of the period. What belongs to no channel is borne by every entry alike.

    cost_functions   the functions whose costs count
    variants         variant -> which amount, `full` or `media`, and whether it is shown per entry
-#}
{% macro cost_per_entry_kpi(kpi, stage, cost_functions, variants) -%}
with costs as (

    select
        *,
        {{ is_shared_cost() }} as is_shared

    from {{ ref('fct_costs') }}

    where cost_function in ('{{ cost_functions | join("', '") }}')

),

contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ known_cost_periods('known') }},

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'direct_amount': 'sum(case when is_shared then 0 else cost_amount end)',
    'shared_amount': 'sum(case when is_shared then cost_amount else 0 end)',
    'media_amount': 'sum(case when is_media then cost_amount else 0 end)',
}) }},

{{ measured_by_period('entered', 'contacts', stage ~ '_date', var('spend_cuts'), {
    'entry_count': 'count(contact_id)',
}) }},

{{ measured_together(
    'measured', 'spent', ['direct_amount', 'shared_amount', 'media_amount'],
    'entered', ['entry_count']
) }},

{{ spread_shared(
    'loaded', 'measured', 'direct_amount', 'shared_amount', 'entry_count', 'full_amount'
) }},

variants as (
    {%- for variant, (amount, is_average) in variants.items() %}
    {% if not loop.first %}
    union all
    {% endif %}
    select
        '{{ variant }}' as variant,
        {{ is_average | lower }} as is_average
    {%- endfor %}

),

each as (

    select
        variants.variant,
        variants.is_average,
        loaded.period_grain,
        loaded.period_start,
        loaded.period_end,
        loaded.reporting_date,
        loaded.dimension,
        loaded.segment,
        case
            {%- for variant, (amount, is_average) in variants.items() %}
            when
                variants.variant = '{{ variant }}'
                and known.{{ 'are_books_known' if amount == 'full' else 'is_media_known' }}
                then cast(loaded.{{ amount }}_amount as {{ kpi_part_type() }})
            {%- endfor %}
        end as cost_amount,
        case when variants.is_average then loaded.entry_count end as entry_count

    from loaded

    inner join known
        on
            loaded.period_grain = known.period_grain
            and loaded.period_start = known.period_start

    cross join variants

),

final as (

    {{ kpi_rows(
        kpi, none, 'each', 'cost_amount', 'entry_count', value=price(
            'cost_amount', 'entry_count', 'is_average'
        )
    ) }}

)

select * from final
{%- endmacro %}


{#-
    What one costs: the cost by the count, or the cost itself where it is no average. What nothing was
    spent on has no price, and what was refunded none below 0: null.
-#}
{% macro price(cost, count, is_average='true') -%}
case
        when not {{ is_average }} then {{ cost }}
        when {{ cost }} > 0 then {{ ratio(cost, count) }}
    end
{%- endmacro %}
