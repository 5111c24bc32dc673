with changes as (

    select * from {{ ref('kpi_published_changes') }}

),

publications as (

    select
        published_at,
        reporting_date,
        coalesce(reporting_date_before, cast('0001-01-01' as date)) as reporting_date_before

    from {{ ref('kpi_publications') }}

),

cuts as (

    select * from {{ ref('kpi_published_cuts') }}

),

placed_changes as (

    select
        changes.*,
        row_number() over (
            partition by kpi, variant, period_grain, period_start, dimension, segment
            order by published_at
        ) as place,
        row_number() over (
            partition by kpi, variant, period_grain, period_start, dimension, segment
            order by published_at desc
        ) as place_from_last,
        change in ('moved', 'appeared', 'vanished') as is_move

    from changes

),

moved_figures as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        max(case when place = 1 and change = 'appeared' then published_at end) as appeared_at,
        max(
            case
                when place = 1 and change = 'appeared' then value
                when place = 1 then value_before
            end
        ) as value_first_published,
        max(case when place_from_last = 1 then value end) as value_now,
        max(case when place_from_last = 1 and change = 'vanished' then 1 else 0 end) = 0
            as is_published_now,
        min(case when is_move then published_at end) as first_moved_at,
        max(case when is_move then published_at end) as last_moved_at,
        count(case when is_move then published_at end) as move_count

    from placed_changes

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment

),

final as (

    select
        moved_figures.kpi,
        moved_figures.variant,
        moved_figures.period_grain,
        moved_figures.period_start,
        moved_figures.period_end,
        moved_figures.dimension,
        moved_figures.segment,
        moved_figures.value_first_published,
        moved_figures.value_now,
        cast(
            moved_figures.value_now - moved_figures.value_first_published
            as {{ kpi_value_type() }}
        ) as difference,
        case
            when moved_figures.appeared_at is not null then moved_figures.appeared_at
            when cuts.published_since < moved_figures.first_moved_at
                then greatest(publications.published_at, cuts.published_since)
            else publications.published_at
        end as first_published_at,
        moved_figures.first_moved_at,
        moved_figures.last_moved_at,
        moved_figures.move_count,
        moved_figures.is_published_now

    from moved_figures

    inner join publications
        on
            moved_figures.period_end > publications.reporting_date_before
            and moved_figures.period_end <= publications.reporting_date

    left join cuts
        on
            moved_figures.kpi = cuts.kpi
            and moved_figures.variant = cuts.variant
            and moved_figures.dimension = cuts.dimension

    -- A figure that only became final has not moved.
    where moved_figures.move_count > 0

)

select * from final
