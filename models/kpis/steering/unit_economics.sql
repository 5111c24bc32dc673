{#- column -> the KPI and variant that it shows -#}
{%- set clv = [
    'annual_revenue_margin', 'annual_revenue', 'subscription_margin', 'subscription',
    'basket_margin', 'basket', 'retention', 'historical_margin', 'historical',
] -%}
{%- set columns = {} -%}
{%- for variant in clv -%}
    {%- do columns.update({'clv_' ~ variant: ('customer_lifetime_value', variant)}) -%}
{%- endfor -%}
{%- for variant in ['fully_loaded', 'marketing', 'media_only'] -%}
    {%- do columns.update({'cac_' ~ variant: ('customer_acquisition_cost', variant)}) -%}
{%- endfor -%}
{%- do columns.update({
    'ltv_cac_ratio': ('ltv_cac_ratio', 'annual_revenue_margin__fully_loaded'),
    'net_customer_value': ('net_customer_value', 'standard'),
    'cac_payback_months': ('cac_payback_months', 'standard'),
    'close_rate': ('lead_to_close', 'close_rate'),
    'leads_per_close': ('lead_to_close', 'leads_per_close'),
    'leads_per_lost': ('lead_to_close', 'leads_per_lost'),
    'customer_lifetime_expected': ('customer_lifetime', 'inverse_churn'),
    'customer_lifetime_observed': ('customer_lifetime', 'observed'),
}) -%}
{%- set kpis = columns.values() | map('first') | unique | list -%}
with figures as (
    {%- for kpi in kpis %}
    {% if not loop.first %}
    union all
    {% endif %}
    select
        kpi,
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        value,
        is_provisional

    from {{ ref('kpi_' ~ kpi) }}

    where dimension in ('all', 'channel')
    {%- endfor %}

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        {%- for column, (kpi, variant) in columns.items() %}
        max(case when kpi = '{{ kpi }}' and variant = '{{ variant }}' then value end)
            as {{ column }},
        {%- endfor %}
        max(case when is_provisional then 1 else 0 end) = 1 as is_provisional

    from figures

    group by
        period_grain,
        period_start,
        period_end,
        dimension,
        segment

)

select * from final
