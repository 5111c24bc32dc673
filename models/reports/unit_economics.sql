{#-
    A table, made from the table of all KPIs: a view of so many views would compute them all again.
-#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with figures as (

    select
        kpi_values.*,
        kpi || '.' || variant as figure

    from {{ ref('kpi_values') }} as kpi_values

    where
        kpi in (
            'customer_lifetime_value', 'customer_acquisition_cost', 'ltv_cac_ratio',
            'net_customer_value', 'cac_payback_months', 'lead_to_close', 'customer_lifetime'
        )
        and dimension in ('all', 'channel')

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        max(case when figure = 'customer_lifetime_value.annual_revenue_margin' then value end)
            as clv_annual_revenue_margin,
        max(case when figure = 'customer_lifetime_value.annual_revenue' then value end)
            as clv_annual_revenue,
        max(case when figure = 'customer_lifetime_value.subscription_margin' then value end)
            as clv_subscription_margin,
        max(case when figure = 'customer_lifetime_value.subscription' then value end)
            as clv_subscription,
        max(case when figure = 'customer_lifetime_value.basket_margin' then value end)
            as clv_basket_margin,
        max(case when figure = 'customer_lifetime_value.basket' then value end) as clv_basket,
        max(case when figure = 'customer_lifetime_value.retention' then value end) as clv_retention,
        max(case when figure = 'customer_lifetime_value.historical_margin' then value end)
            as clv_historical_margin,
        max(case when figure = 'customer_lifetime_value.historical' then value end)
            as clv_historical,
        max(case when figure = 'customer_acquisition_cost.fully_loaded' then value end)
            as cac_fully_loaded,
        max(case when figure = 'customer_acquisition_cost.marketing' then value end)
            as cac_marketing,
        max(case when figure = 'customer_acquisition_cost.media_only' then value end)
            as cac_media_only,
        max(case when figure = 'ltv_cac_ratio.annual_revenue_margin__fully_loaded' then value end)
            as ltv_cac_ratio,
        max(case when figure = 'net_customer_value.standard' then value end) as net_customer_value,
        max(case when figure = 'cac_payback_months.standard' then value end) as cac_payback_months,
        max(case when figure = 'lead_to_close.close_rate' then value end) as close_rate,
        max(case when figure = 'lead_to_close.leads_per_close' then value end) as leads_per_close,
        max(case when figure = 'lead_to_close.leads_per_lost' then value end) as leads_per_lost,
        max(case when figure = 'lead_to_close.close_rate_period' then value end)
            as close_rate_period,
        max(case when figure = 'lead_to_close.leads_per_close_period' then value end)
            as leads_per_close_period,
        max(case when figure = 'customer_lifetime.inverse_churn' then value end)
            as customer_lifetime_expected,
        max(case when figure = 'customer_lifetime.observed' then value end)
            as customer_lifetime_observed,
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
