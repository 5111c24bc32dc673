{#-
    The view of what one contact costs that enters a lifecycle stage: the costs of the period by the
    entries of the period. What no channel or campaign is known for (salaries, agencies, tools) is
    borne by every entry alike.

    cost_functions   the functions whose costs count
    variants         variant -> which amount, `full` or `media`, and whether it is shown per entry
-#}
{% macro cost_per_entry_kpi(kpi, stage, cost_functions, variants) -%}
with costs as (

    select *

    from {{ ref('fct_costs') }}

    where cost_function in ('{{ cost_functions | join("', '") }}')

),

contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'full_amount': 'sum(cost_amount)',
    'media_amount': 'sum(case when is_media then cost_amount else 0 end)',
}) }},

{{ measured_by_period('entered', 'contacts', stage ~ '_date', var('spend_cuts'), {
    'entry_count': 'count(contact_id)',
}) }},

{{ measured_together(
    'measured', 'spent', ['full_amount', 'media_amount'], 'entered', ['entry_count']
) }},

{{ spread_unassigned('loaded', 'measured', 'full_amount', 'entry_count') }},

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

-- What was not paid for has no price: an average of nothing spent is null, not 0.
each as (

    select
        variants.variant,
        loaded.period_grain,
        loaded.period_start,
        loaded.period_end,
        loaded.reporting_date,
        loaded.dimension,
        loaded.segment,
        case variants.variant
            {%- for variant, (amount, is_average) in variants.items() %}
            {%- set column = 'spread_full_amount' if amount == 'full' else 'media_amount' %}
            when '{{ variant }}'
                then cast({% if is_average %}nullif(loaded.{{ column }}, 0)
                    {%- else %}loaded.{{ column }}{% endif %} as {{ kpi_part_type() }})
            {%- endfor %}
        end as cost_amount,
        case when variants.is_average then loaded.entry_count end as entry_count,
        variants.is_average

    from loaded

    cross join variants

),

final as (

    {{ kpi_rows(
        kpi, none, 'each', 'cost_amount', 'entry_count',
        value='case when is_average then ' ~ ratio('cost_amount', 'entry_count')
            ~ ' else cost_amount end'
    ) }}

)

select * from final
{%- endmacro %}
