with scorecard as (

    select * from {{ ref('scorecard') }}

),

scorecard_before as (

    select * from {{ ref('scorecard_before') }}

),

restatements as (

    select * from {{ ref('kpi_restatements') }}

),

catalog as (

    select * from {{ ref('kpi_catalog') }}

),

last_publication as (

    select max(published_at) as published_at from {{ ref('kpi_publications') }}

),

knowledge as (

    select count(*) > 0 as has_scorecard_before from scorecard_before

),

known_scorecard as (

    select
        scorecard.*,
        knowledge.has_scorecard_before

    from scorecard

    cross join knowledge

),

-- Where no scorecard was published before, what has changed since the period before is told.
judged as (

    select
        known_scorecard.*,
        scorecard_before.value as value_before,
        case
            when known_scorecard.has_scorecard_before then scorecard_before.status
            else known_scorecard.previous_status
        end as status_before

    from known_scorecard

    left join scorecard_before
        on
            known_scorecard.kpi = scorecard_before.kpi
            and known_scorecard.variant = scorecard_before.variant
            and known_scorecard.period_grain = scorecard_before.period_grain

),

events as (

    select
        case when status = 'off_track' then 'off_track' else 'back_on_track' end as kind,
        kpi,
        variant,
        name_en,
        name_fr,
        period_grain,
        period_start,
        period_end,
        unit,
        status_before,
        status,
        previous_status,
        value_before,
        value,
        target,
        baseline_mean,
        case when status_source = 'baseline' then 2 else 1 end as rank,
        cast(null as {{ dbt.type_string() }}) as changed_inputs

    from judged

    where
        (status = 'off_track' and coalesce(status_before, 'none') != 'off_track')
        or (status in ('on_track', 'watch') and status_before = 'off_track')

    union all

    select
        'restated' as kind,
        restatements.kpi,
        restatements.variant,
        catalog.name_en,
        catalog.name_fr,
        restatements.period_grain,
        restatements.period_start,
        restatements.period_end,
        catalog.unit,
        cast(null as {{ dbt.type_string() }}) as status_before,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as {{ dbt.type_string() }}) as previous_status,
        restatements.value_before,
        restatements.value,
        cast(null as {{ kpi_value_type() }}) as target,
        cast(null as {{ kpi_value_type() }}) as baseline_mean,
        0 as rank,
        restatements.changed_inputs

    from restatements

    inner join catalog
        on restatements.kpi = catalog.kpi

    where
        restatements.is_default_variant
        and restatements.dimension = 'all'

),

-- The periods that people plan by come first, and the latest of them.
ranked as (

    select
        events.*,
        row_number() over (
            partition by kind
            order by
                case period_grain
                    when 'quarter' then 1
                    when 'month' then 2
                    when 'year' then 3
                    when 'half_year' then 4
                    else 5
                end asc,
                rank asc,
                period_start desc,
                kpi asc
        ) as place_in_kind

    from events

),

-- The first of each kind come before the second of any, so that a short list has some of each.
final as (

    select
        last_publication.published_at,
        row_number() over (order by ranked.place_in_kind, ranked.kind) as place,
        ranked.kind,
        ranked.kpi,
        ranked.variant,
        ranked.name_en,
        ranked.name_fr,
        ranked.period_grain,
        ranked.period_start,
        ranked.period_end,
        ranked.unit,
        ranked.status_before,
        ranked.status,
        ranked.previous_status,
        ranked.value_before,
        ranked.value,
        cast(ranked.target as {{ kpi_value_type() }}) as target,
        cast(ranked.baseline_mean as {{ kpi_value_type() }}) as baseline_mean,
        ranked.changed_inputs

    from ranked

    cross join last_publication

)

select * from final
