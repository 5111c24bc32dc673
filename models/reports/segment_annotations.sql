{#- A table: `kpi_drivers` is a view, and would compute it anew for each query. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with periods as (

    select * from {{ ref('dim_periods') }} where has_begun

),

{{ compared_periods() }},

kpis as (

    select kpi from {{ ref('kpi_variants') }} where is_default

),

-- Those of the whole company explain no segment.
annotations as (

    select * from {{ ref('annotations') }} where dimension != 'all'

),

annotated_kpis as (

    select
        kpis.kpi,
        annotations.dimension,
        annotations.segment,
        annotations.annotation_date,
        annotations.text_en || ' (' || cast(annotations.annotation_date as {{ dbt.type_string() }})
        || ')' as text_en,
        annotations.text_fr || ' (' || cast(annotations.annotation_date as {{ dbt.type_string() }})
        || ')' as text_fr

    from kpis

    inner join annotations
        on coalesce(annotations.kpi, 'all') in ('all', kpis.kpi)

),

comparisons as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        compared.comparison,
        compared.compared_start

    from periods

    inner join compared
        on
            periods.period_grain = compared.period_grain
            and periods.period_start = compared.period_start

    where compared.compared_start is not null

),

-- A fair in the period that is compared with explains why there is less now.
happened as (

    select
        annotated_kpis.kpi,
        comparisons.period_grain,
        comparisons.period_start,
        comparisons.comparison,
        annotated_kpis.dimension,
        annotated_kpis.segment,
        annotated_kpis.annotation_date,
        annotated_kpis.text_en,
        annotated_kpis.text_fr

    from comparisons

    inner join annotated_kpis
        on
            comparisons.compared_start <= annotated_kpis.annotation_date
            and comparisons.period_end >= annotated_kpis.annotation_date

),

final as (

    select
        kpi,
        period_grain,
        period_start,
        comparison,
        dimension,
        segment,
        {{ dbt.listagg('text_en', "'; '", 'order by annotation_date, text_en') }} as annotations_en,
        {{ dbt.listagg('text_fr', "' ; '", 'order by annotation_date, text_en') }}
            as annotations_fr

    from happened

    group by
        kpi,
        period_grain,
        period_start,
        comparison,
        dimension,
        segment

)

select * from final
