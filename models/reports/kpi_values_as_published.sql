with changes as (

    select * from {{ ref('kpi_published_changes') }}

),

figures as (

    select * from {{ ref('kpi_values') }}

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

chained_changes as (

    select
        changes.*,
        lag(published_at) over (
            partition by kpi, variant, period_grain, period_start, dimension, segment
            order by published_at
        ) as changed_before_at

    from changes

),

last_changes as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        segment,
        max(published_at) as published_at

    from changes

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        segment

),

published as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        value_before as value,
        null_reason_before as null_reason,
        was_provisional as is_provisional,
        changed_before_at as published_from,
        published_at as published_until

    from chained_changes

    -- Before it appeared, a segment had no row.
    where change != 'appeared'

    union all

    select
        figures.kpi,
        figures.variant,
        figures.period_grain,
        figures.period_start,
        figures.period_end,
        figures.dimension,
        figures.segment,
        figures.value,
        figures.null_reason,
        figures.is_provisional,
        last_changes.published_at as published_from,
        cast(null as timestamp) as published_until

    from figures

    left join last_changes
        on
            figures.kpi = last_changes.kpi
            and figures.variant = last_changes.variant
            and figures.period_grain = last_changes.period_grain
            and figures.period_start = last_changes.period_start
            and figures.dimension = last_changes.dimension
            and figures.segment = last_changes.segment

),

final as (

    select
        published.kpi,
        published.variant,
        published.period_grain,
        published.period_start,
        published.period_end,
        published.dimension,
        published.segment,
        case
            when published.published_until is null
                then greatest(
                    coalesce(published.published_from, publications.published_at),
                    cuts.published_since
                )
            when published.published_from is not null then published.published_from
            -- A figure that did not change before is known since its period was first published as
            -- a whole one, if its cut could be followed by then.
            when cuts.published_since < published.published_until
                then greatest(publications.published_at, cuts.published_since)
            else publications.published_at
        end as published_from,
        published.published_until,
        published.value,
        published.null_reason,
        published.is_provisional

    from published

    inner join publications
        on
            published.period_end > publications.reporting_date_before
            and published.period_end <= publications.reporting_date

    left join cuts
        on
            published.kpi = cuts.kpi
            and published.variant = cuts.variant
            and published.dimension = cuts.dimension

)

select * from final
