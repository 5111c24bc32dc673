{#- column -> the KPI and variant that it shows -#}
{%- set columns = {
    'clv_annual_revenue_margin': ('customer_lifetime_value', 'annual_revenue_margin'),
    'clv_annual_revenue': ('customer_lifetime_value', 'annual_revenue'),
    'clv_subscription_margin': ('customer_lifetime_value', 'subscription_margin'),
    'clv_subscription': ('customer_lifetime_value', 'subscription'),
    'clv_basket_margin': ('customer_lifetime_value', 'basket_margin'),
    'clv_basket': ('customer_lifetime_value', 'basket'),
    'clv_retention': ('customer_lifetime_value', 'retention'),
    'clv_historical_margin': ('customer_lifetime_value', 'historical_margin'),
    'clv_historical': ('customer_lifetime_value', 'historical'),
    'cac_fully_loaded': ('customer_acquisition_cost', 'fully_loaded'),
    'cac_marketing': ('customer_acquisition_cost', 'marketing'),
    'cac_media_only': ('customer_acquisition_cost', 'media_only'),
    'ltv_cac_ratio': ('ltv_cac_ratio', 'annual_revenue_margin__fully_loaded'),
    'net_customer_value': ('net_customer_value', 'standard'),
    'cac_payback_months': ('cac_payback_months', 'standard'),
    'close_rate': ('lead_to_close', 'close_rate'),
    'leads_per_close': ('lead_to_close', 'leads_per_close'),
    'leads_per_lost': ('lead_to_close', 'leads_per_lost'),
    'customer_lifetime_expected': ('customer_lifetime', 'inverse_churn'),
    'customer_lifetime_observed': ('customer_lifetime', 'observed'),
} -%}
{%- set kpis = columns.values() | map('first') | unique | list -%}
{#- Read from the table of all KPIs: a view of so many views would compute them all again. -#}
with figures as (

    select *

    from {{ ref('kpi_values') }}

    where
        kpi in ('{{ kpis | join("', '") }}')
        and dimension in ('all', 'channel')

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
