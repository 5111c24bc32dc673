{#- A table: it reads the parts of all changes of the latest periods. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with drivers as (

    select *

    from {{ ref('kpi_drivers') }}

    where
        is_latest_whole
        and is_default
        and change_part != 0

),

catalog as (

    select * from {{ ref('kpi_catalog') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

driver_dimensions as (

    select * from {{ ref('driver_dimensions') }}

),

units as (

    select * from {{ ref('units') }}

),

split_by as (

    select distinct
        kpi,
        variant,
        period_grain,
        comparison,
        dimension

    from drivers

),

ranked_dimensions as (

    select
        split_by.*,
        row_number() over (
            partition by split_by.kpi, split_by.period_grain, split_by.comparison
            order by driver_dimensions.place asc nulls last, split_by.dimension asc
        ) as place

    from split_by

    inner join catalog
        on split_by.kpi = catalog.kpi

    left join driver_dimensions
        on
            catalog.team = driver_dimensions.team
            and split_by.dimension = driver_dimensions.dimension

),

-- The parts that go the way of the whole change, largest first.
ranked_drivers as (

    select
        drivers.*,
        row_number() over (
            partition by drivers.kpi, drivers.period_grain, drivers.comparison
            order by abs(drivers.change_part) desc, drivers.segment asc
        ) as place

    from drivers

    inner join ranked_dimensions
        on
            drivers.kpi = ranked_dimensions.kpi
            and drivers.period_grain = ranked_dimensions.period_grain
            and drivers.comparison = ranked_dimensions.comparison
            and drivers.dimension = ranked_dimensions.dimension

    where
        ranked_dimensions.place = 1
        and (drivers.change_part > 0) = (drivers.total_change > 0)
        and drivers.total_change != 0

),

scaled as (

    select
        ranked_drivers.*,
        variants.unit,
        units.decimals,
        units.words_en,
        units.words_fr,
        case when ranked_drivers.change_part < 0 then '-' else '+' end as sign,
        abs(ranked_drivers.change_part) * units.factor as size

    from ranked_drivers

    inner join variants
        on
            ranked_drivers.kpi = variants.kpi
            and ranked_drivers.variant = variants.variant

    inner join units
        on variants.unit = units.unit

    where ranked_drivers.place <= 3

),

written as (

    select
        *,
        case decimals
            when 0 then cast(cast(round(size, 0) as decimal(28, 0)) as {{ dbt.type_string() }})
            when 1 then cast(cast(round(size, 1) as decimal(28, 1)) as {{ dbt.type_string() }})
            else cast(cast(round(size, 2) as decimal(28, 2)) as {{ dbt.type_string() }})
        end as size_text,
        case
            when own_rate_part is null then null
            when abs(own_rate_part) >= abs(mix_part) then 'own_rate'
            else 'mix'
        end as reason

    from scaled

    -- What would be written as 0 is no driver.
    where size * case decimals when 0 then 2 when 1 then 20 else 200 end >= 1

),

cut_up as (

    select
        *,
        {{ dbt.split_part('size_text', "'.'", 1) }} as whole_digits,
        case when decimals > 0 then {{ dbt.split_part('size_text', "'.'", 2) }} end
            as decimal_digits,
        case
            when unit = 'amount' then ' {{ var('reporting_currency') }}'
            else coalesce(' ' || words_en, '')
        end as unit_en,
        case
            when unit = 'amount' then ' {{ var('reporting_currency') }}'
            else coalesce(' ' || words_fr, '')
        end as unit_fr,
        case reason
            when 'own_rate' then ', its own rate'
            when 'mix' then ', its share of the whole'
            else ''
        end as reason_en,
        case reason
            when 'own_rate' then ', son propre taux'
            when 'mix' then ', son poids dans l’ensemble'
            else ''
        end as reason_fr

    from written

),

sentences as (

    select
        *,
        segment || ' ' || sign || {{ grouped_thousands('whole_digits', ',') }}
        || coalesce('.' || decimal_digits, '') || unit_en || reason_en
        || coalesce(' [' || annotations_en || ']', '') as driver_en,
        segment || ' ' || sign || {{ grouped_thousands('whole_digits', ' ') }}
        || coalesce(',' || decimal_digits, '') || unit_fr || reason_fr
        || coalesce(' [' || annotations_fr || ']', '') as driver_fr

    from cut_up

),

final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        compared_start,
        dimension,
        total_change,
        {{ dbt.listagg('driver_en', "'; '", 'order by place') }} as drivers_en,
        {{ dbt.listagg('driver_fr', "' ; '", 'order by place') }} as drivers_fr

    from sentences

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        compared_start,
        dimension,
        total_change

)

select * from final
