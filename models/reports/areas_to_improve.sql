{#- A table: readers sort and filter it. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with scorecard as (

    select * from {{ ref('scorecard') }}

),

drivers as (

    select * from {{ ref('drivers_in_words') }}

),

-- Off target, or on target and far worse than before. Both distances are below 0 where the value
-- is worse.
found as (

    select
        *,
        case
            when status = 'off_track' then status_source
            when
                status is not null
                and baseline_distance < -1 * off_track_spreads * baseline_spread
                then 'baseline'
        end as reason

    from scorecard

),

measured as (

    select
        *,
        case reason when 'baseline' then baseline_mean else target end as reference_value,
        case reason when 'baseline' then -1 * baseline_distance else -1 * target_distance end
            as distance,
        case
            when change = 0 then null
            when (change > 0) != (judged_direction = 'higher_is_better') then 'previous_period'
            when change_year = 0 then null
            when (change_year > 0) != (judged_direction = 'higher_is_better') then 'previous_year'
        end as worse_than

    from found

    where reason is not null

),

relative as (

    select
        *,
        {{ ratio('distance', 'abs(reference_value)') }} as relative_distance,
        {{ ratio('distance', 'baseline_spread') }} as distance_in_spreads

    from measured

),

final as (

    select
        relative.period_grain,
        cast(row_number() over (
            partition by relative.period_grain
            order by
                relative.relative_distance desc nulls first,
                relative.distance_in_spreads desc nulls last,
                relative.kpi asc
        ) as bigint) as place,
        relative.kpi,
        relative.variant,
        relative.name_en,
        relative.name_fr,
        relative.period_start,
        relative.period_end,
        relative.value,
        relative.unit,
        relative.direction,
        relative.reason,
        relative.reference_value,
        cast(relative.distance as {{ kpi_value_type() }}) as distance,
        relative.relative_distance,
        relative.distance_in_spreads,
        relative.status,
        relative.previous_status,
        relative.trend,
        relative.change,
        relative.change_year,
        relative.worse_than,
        drivers.dimension as drivers_dimension,
        drivers.drivers_en,
        drivers.drivers_fr,
        relative.lead_or_lag,
        relative.team,
        relative.scorecard_perspective,
        relative.annotations_en,
        relative.annotations_fr

    from relative

    left join drivers
        on
            relative.kpi = drivers.kpi
            and relative.period_grain = drivers.period_grain
            and relative.worse_than = drivers.comparison

)

select * from final
