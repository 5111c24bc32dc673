with publications as (

    select * from {{ ref('kpi_publications') }}

),

changes as (

    select * from {{ ref('kpi_published_changes') }}

),

input_changes as (

    select * from {{ ref('input_changes') }}

),

kpi_inputs as (

    select * from {{ ref('kpi_inputs') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

all_tolerances as (

    select restated_share from {{ ref('kpi_tolerances') }} where kpi = 'all'

),

own_tolerances as (

    select * from {{ ref('kpi_tolerances') }} where kpi != 'all'

),

last_publication as (

    select max(published_at) as published_at from publications

),

-- A provisional value says itself that it will move.
moves as (

    select changes.*

    from changes

    inner join last_publication
        on changes.published_at = last_publication.published_at

    where
        changes.change in ('moved', 'appeared', 'vanished')
        and not coalesce(changes.was_provisional, false)

),

-- A cross join stands alone: DuckDB writes a view down with a comma in its place, and another
-- join beside it would then bind first.
tolerated_moves as (

    select
        moves.*,
        all_tolerances.restated_share as general_restated_share

    from moves

    cross join all_tolerances

),

measured_moves as (

    select
        tolerated_moves.*,
        publications.compared_with as published_before_at,
        variants.is_default as is_default_variant,
        cast(
            tolerated_moves.value - tolerated_moves.value_before as {{ kpi_value_type() }}
        ) as difference,
        coalesce(
            own_tolerances.restated_share, tolerated_moves.general_restated_share
        ) as restated_share

    from tolerated_moves

    inner join publications
        on tolerated_moves.published_at = publications.published_at

    inner join variants
        on
            tolerated_moves.kpi = variants.kpi
            and tolerated_moves.variant = variants.variant

    left join own_tolerances
        on tolerated_moves.kpi = own_tolerances.kpi

),

restated as (

    select
        measured_moves.*,
        {{ ratio('difference', 'abs(value_before)') }} as relative_difference

    from measured_moves

    where
        case
            when value is not null and value_before is not null
                then abs(difference) > restated_share * abs(value_before)
            -- A segment without a row and one with nothing in it say the same.
            when change in ('appeared', 'vanished')
                then coalesce(value, value_before, 0) != 0
            else true
        end

),

changed_inputs as (

    select distinct table_name

    from input_changes

    where change not in ('none', 'not_known')

),

restated_kpis as (

    select distinct kpi from restated

),

-- Of the inputs that changed, those that the KPI reads.
inputs_of_kpis as (

    select
        restated_kpis.kpi,
        changed_inputs.table_name

    from restated_kpis

    inner join kpi_inputs
        on restated_kpis.kpi = kpi_inputs.kpi

    inner join changed_inputs
        on kpi_inputs.table_name = changed_inputs.table_name

),

listed_inputs as (

    select
        kpi,
        {{ dbt.listagg('table_name', "', '", 'order by table_name') }} as changed_inputs

    from inputs_of_kpis

    group by kpi

),

final as (

    select
        restated.kpi,
        restated.variant,
        restated.period_grain,
        restated.period_start,
        restated.period_end,
        restated.dimension,
        restated.segment,
        restated.published_at,
        restated.published_before_at,
        restated.is_default_variant,
        restated.change,
        restated.value_before,
        restated.value,
        restated.null_reason_before,
        restated.null_reason,
        restated.difference,
        restated.relative_difference,
        restated.restated_share,
        listed_inputs.changed_inputs

    from restated

    left join listed_inputs
        on restated.kpi = listed_inputs.kpi

)

select * from final
