{#-
    When a figure may be compared: the doc block `is_provisional` says what it means.
    `agg_conversion_days` knows each kind of conversion, and a KPI names its own in `kpi_rows`.
-#}

{#- The steps between stages of the funnel that have a rate: name, stage before, stage after. -#}
{% macro funnel_steps() -%}
{{- return([
    ('lead_to_mql', 'lead', 'mql'),
    ('mql_to_sql', 'mql', 'sql'),
    ('sql_to_opportunity', 'sql', 'opportunity'),
    ('opportunity_to_customer', 'opportunity', 'customer'),
    ('lead_to_customer', 'lead', 'customer'),
]) -}}
{%- endmacro %}


{#-
    Whether most of the conversions of the period's members may still be to come; always while nobody
    has converted yet. It reads the CTE `maturity`, the rows of agg_conversion_days.
-#}
{% macro is_immature(conversion) -%}
coalesce(
        period_end > (select mature_until from maturity where conversion = '{{ conversion }}'), true
    )
{%- endmacro %}


{#- Whether a stale table that the definition needs ends before the period, or before its horizon. -#}
{% macro is_stale_at(kpi, variant, measured, horizon_days) -%}
coalesce(
        {{ dbt.dateadd('day', horizon_days, 'period_end') if horizon_days else 'period_end' }} > (
            select min(stale_kpis.complete_until)

            from {{ uncut(ref('fct_stale_kpis')) }} as stale_kpis

            where
                stale_kpis.kpi = '{{ kpi }}'
                and stale_kpis.variant
                = {{ measured ~ '.variant' if variant is none else "'" ~ variant ~ "'" }}
        ),
        false
    )
{%- endmacro %}
