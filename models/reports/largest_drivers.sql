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

driver_dimensions as (

    select * from {{ ref('driver_dimensions') }}

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
        cast(row_number() over (
            partition by drivers.kpi, drivers.period_grain, drivers.comparison
            order by abs(drivers.change_part) desc, drivers.segment asc
        ) as bigint) as place

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

final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        compared_start,
        dimension,
        place,
        segment,
        own_rate_part,
        mix_part,
        change_part,
        total_change,
        is_provisional,
        annotations_en,
        annotations_fr

    from ranked_drivers

    where place <= 3

)

select * from final
