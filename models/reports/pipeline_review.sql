{#- A table, made from two marts of deals. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
with movements as (

    select * from {{ ref('fct_pipeline_movements') }}

    where
        pipeline_basis = 'as_seen'
        and pipeline_scope = 'all_open'
        and period_grain in ('week', 'month', 'quarter')

),

changes as (

    select * from {{ ref('fct_pipeline_changes') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

-- Money by what happened to it. A deal without an amount has none.
moved as (

    select
        period_grain,
        period_start,
        coalesce(owner_name, '(none)') as owner_name,
        coalesce(team, '(none)') as team,
        sum(case when pipeline_movement = 'start' then movement_amount else 0 end) as start_amount,
        sum(case when pipeline_movement = 'created' then movement_amount else 0 end)
            as created_amount,
        sum(case when pipeline_movement = 'reopened' then movement_amount else 0 end)
            as reopened_amount,
        sum(case when pipeline_movement = 'increased' then movement_amount else 0 end)
            as increased_amount,
        sum(case when pipeline_movement = 'decreased' then movement_amount else 0 end)
            as decreased_amount,
        sum(case when pipeline_movement = 'won' then movement_amount else 0 end) as won_amount,
        sum(case when pipeline_movement = 'lost' then movement_amount else 0 end) as lost_amount,
        sum(case when pipeline_movement = 'reassigned_in' then movement_amount else 0 end)
            as reassigned_in_amount,
        sum(case when pipeline_movement = 'reassigned_out' then movement_amount else 0 end)
            as reassigned_out_amount,
        sum(case when pipeline_movement = 'end' then movement_amount else 0 end) as end_amount

    from movements

    group by
        period_grain,
        period_start,
        coalesce(owner_name, '(none)'),
        coalesce(team, '(none)')

),

-- Deals, and what happened to them besides.
counted as (

    select
        period_grain,
        period_start,
        coalesce(owner_name, '(none)') as owner_name,
        coalesce(team, '(none)') as team,
        sum(case when is_created then 1 else 0 end) as created_count,
        sum(case when is_reopened then 1 else 0 end) as reopened_count,
        sum(case when is_won then 1 else 0 end) as won_count,
        sum(case when is_lost then 1 else 0 end) as lost_count,
        sum(case when is_open then 1 else 0 end) as open_count,
        sum(pushed_count) as pushed_count,
        sum(pushed_days) as pushed_days,
        sum(pulled_in_count) as pulled_in_count,
        sum(pulled_in_days) as pulled_in_days,
        sum(step_back_count) as step_back_count,
        sum(case when is_owner_changed then 1 else 0 end) as owner_changed_count,
        sum(case when is_past_due then 1 else 0 end) as past_due_count,
        sum(case when is_past_due then end_amount else 0 end) as past_due_amount,
        sum(case when is_idle then 1 else 0 end) as idle_count,
        sum(case when is_idle then end_amount else 0 end) as idle_amount,
        -- Open deals of which nobody knows when they were last worked on: there are no activities.
        sum(case when is_open and is_idle is null then 1 else 0 end) > 0 as is_idle_unknown

    from changes

    group by
        period_grain,
        period_start,
        coalesce(owner_name, '(none)'),
        coalesce(team, '(none)')

),

keys as (

    select
        period_grain,
        period_start,
        owner_name,
        team

    from moved

    union

    select
        period_grain,
        period_start,
        owner_name,
        team

    from counted

),

final as (

    select
        keys.period_grain,
        keys.period_start,
        periods.period_end,
        periods.is_latest_whole,
        keys.owner_name,
        keys.team,
        cast(coalesce(moved.start_amount, 0) as decimal(28, 8)) as start_amount,
        cast(coalesce(moved.created_amount, 0) as decimal(28, 8)) as created_amount,
        cast(coalesce(moved.reopened_amount, 0) as decimal(28, 8)) as reopened_amount,
        cast(coalesce(moved.increased_amount, 0) as decimal(28, 8)) as increased_amount,
        cast(coalesce(moved.decreased_amount, 0) as decimal(28, 8)) as decreased_amount,
        cast(coalesce(moved.won_amount, 0) as decimal(28, 8)) as won_amount,
        cast(coalesce(moved.lost_amount, 0) as decimal(28, 8)) as lost_amount,
        cast(coalesce(moved.reassigned_in_amount, 0) as decimal(28, 8)) as reassigned_in_amount,
        cast(coalesce(moved.reassigned_out_amount, 0) as decimal(28, 8)) as reassigned_out_amount,
        cast(coalesce(moved.end_amount, 0) as decimal(28, 8)) as end_amount,
        cast(coalesce(counted.created_count, 0) as bigint) as created_count,
        cast(coalesce(counted.reopened_count, 0) as bigint) as reopened_count,
        cast(coalesce(counted.won_count, 0) as bigint) as won_count,
        cast(coalesce(counted.lost_count, 0) as bigint) as lost_count,
        cast(coalesce(counted.open_count, 0) as bigint) as open_count,
        cast(coalesce(counted.pushed_count, 0) as bigint) as pushed_count,
        cast(coalesce(counted.pushed_days, 0) as bigint) as pushed_days,
        cast(coalesce(counted.pulled_in_count, 0) as bigint) as pulled_in_count,
        cast(coalesce(counted.pulled_in_days, 0) as bigint) as pulled_in_days,
        cast(coalesce(counted.step_back_count, 0) as bigint) as step_back_count,
        cast(coalesce(counted.owner_changed_count, 0) as bigint) as owner_changed_count,
        cast(coalesce(counted.past_due_count, 0) as bigint) as past_due_count,
        cast(coalesce(counted.past_due_amount, 0) as decimal(28, 8)) as past_due_amount,
        cast(
            case when not counted.is_idle_unknown then counted.idle_count end as bigint
        ) as idle_count,
        cast(
            case when not counted.is_idle_unknown then counted.idle_amount end as decimal(28, 8)
        ) as idle_amount

    from keys

    inner join periods
        on
            keys.period_grain = periods.period_grain
            and keys.period_start = periods.period_start

    left join moved
        on
            keys.period_grain = moved.period_grain
            and keys.period_start = moved.period_start
            and keys.owner_name = moved.owner_name
            and keys.team = moved.team

    left join counted
        on
            keys.period_grain = counted.period_grain
            and keys.period_start = counted.period_start
            and keys.owner_name = counted.owner_name
            and keys.team = counted.team

)

select * from final
