{#- variant of customer_lifetime_value, variant of customer_acquisition_cost -#}
{%- set pairs = [
    ('annual_revenue_margin', 'fully_loaded'),
    ('annual_revenue', 'fully_loaded'),
    ('subscription', 'fully_loaded'),
] -%}
with lifetime_values as (

    select * from {{ ref('kpi_customer_lifetime_value') }}

),

acquisition_costs as (

    select * from {{ ref('kpi_customer_acquisition_cost') }}

),

pairs as (
    {%- for value_variant, cost_variant in pairs %}
    {% if not loop.first %}
    union all
    {% endif %}
    select
        '{{ value_variant }}__{{ cost_variant }}' as variant,
        '{{ value_variant }}' as value_variant,
        '{{ cost_variant }}' as cost_variant
    {%- endfor %}

),

paired as (

    select
        pairs.variant,
        lifetime_values.period_grain,
        lifetime_values.period_start,
        lifetime_values.period_end,
        lifetime_values.dimension,
        lifetime_values.segment,
        lifetime_values.value as lifetime_value,
        acquisition_costs.value as acquisition_cost,
        lifetime_values.is_provisional

    from pairs

    inner join lifetime_values
        on pairs.value_variant = lifetime_values.variant

    inner join acquisition_costs
        on
            pairs.cost_variant = acquisition_costs.variant
            and {{ same_segment('lifetime_values', 'acquisition_costs') }}

),

final as (

    {{ kpi_rows(
        'ltv_cac_ratio', none, 'paired', 'lifetime_value', 'acquisition_cost',
        is_provisional='is_provisional'
    ) }}

)

select * from final
