with deal_periods as (

    select
        fct_pipeline_periods.*,
        dim_periods.period_end

    from {{ ref('fct_pipeline_periods') }} as fct_pipeline_periods

    inner join {{ ref('dim_periods') }} as dim_periods
        on
            fct_pipeline_periods.period_grain = dim_periods.period_grain
            and fct_pipeline_periods.period_start = dim_periods.period_start

    where
        fct_pipeline_periods.pipeline_basis = 'as_seen'
        and fct_pipeline_periods.period_grain in ('week', 'month', 'quarter')

),

last_pieces as (

    select * from {{ ref('dim_period_pieces') }} where is_last_piece

),

balances as (

    select * from {{ ref('fct_pipeline_balances') }} where pipeline_basis = 'as_seen'

),

events as (

    select
        deal_id,
        moved_date as event_date,
        case when moved_days > 0 then moved_days end as pushed_days,
        case when moved_days < 0 then -1 * moved_days end as pulled_in_days,
        null as step_back

    from {{ ref('int_deal_due_dates_moved') }}

    union all

    select
        deal_id,
        entered_date as event_date,
        null as pushed_days,
        null as pulled_in_days,
        1 as step_back

    from {{ ref('fct_deal_stage_entries') }}

    where is_step_back

),

activities as (

    select
        deal_id,
        occurred_date

    from {{ ref('fct_activities') }}

    where
        deal_id is not null
        and not is_automated

),

happened as (

    select
        deal_periods.period_grain,
        deal_periods.period_start,
        deal_periods.deal_id,
        count(events.pushed_days) as pushed_count,
        sum(events.pushed_days) as pushed_days,
        count(events.pulled_in_days) as pulled_in_count,
        sum(events.pulled_in_days) as pulled_in_days,
        count(events.step_back) as step_back_count

    from deal_periods

    inner join events
        on
            deal_periods.deal_id = events.deal_id
            and deal_periods.period_start <= events.event_date
            and deal_periods.period_end >= events.event_date

    group by
        deal_periods.period_grain,
        deal_periods.period_start,
        deal_periods.deal_id

),

-- The deals that are open at the end of a period, as they stood then.
at_end as (

    select
        last_pieces.period_grain,
        last_pieces.period_start,
        balances.deal_id,
        balances.balance_date,
        balances.stage_name,
        balances.expected_close_date,
        balances.created_date

    from last_pieces

    inner join balances
        on last_pieces.piece_start = balances.piece_start

),

-- Silent since the last activity, or since the deal was created. Without any activity at all
-- nobody knows.
last_activities as (

    select
        at_end.period_grain,
        at_end.period_start,
        at_end.deal_id,
        max(activities.occurred_date) as last_activity_date

    from at_end

    inner join activities
        on
            at_end.deal_id = activities.deal_id
            and at_end.balance_date >= activities.occurred_date

    group by
        at_end.period_grain,
        at_end.period_start,
        at_end.deal_id

),

silent as (

    select
        at_end.*,
        last_activities.last_activity_date,
        case
            when (select count(*) from activities) > 0
                then {{ dbt.datediff(
                    'coalesce(last_activities.last_activity_date, at_end.created_date)',
                    'at_end.balance_date', 'day'
                ) }}
        end as idle_days

    from at_end

    left join last_activities
        on
            at_end.period_grain = last_activities.period_grain
            and at_end.period_start = last_activities.period_start
            and at_end.deal_id = last_activities.deal_id

),

final as (

    select
        deal_periods.period_grain,
        deal_periods.period_start,
        deal_periods.period_end,
        deal_periods.deal_id,
        deal_periods.deal_name,
        deal_periods.company_name,
        deal_periods.record_url,
        deal_periods.start_owner_name,
        deal_periods.start_team,
        deal_periods.owner_name,
        deal_periods.team,
        silent.stage_name,
        silent.expected_close_date,
        deal_periods.was_open,
        deal_periods.is_open,
        not deal_periods.was_open and deal_periods.is_new as is_created,
        not deal_periods.was_open and not deal_periods.is_new as is_reopened,
        deal_periods.is_closed_in_period and deal_periods.is_won as is_won,
        deal_periods.is_closed_in_period and not deal_periods.is_won as is_lost,
        deal_periods.start_amount,
        deal_periods.end_amount,
        cast(coalesce(happened.pushed_count, 0) as bigint) as pushed_count,
        cast(coalesce(happened.pushed_days, 0) as bigint) as pushed_days,
        cast(coalesce(happened.pulled_in_count, 0) as bigint) as pulled_in_count,
        cast(coalesce(happened.pulled_in_days, 0) as bigint) as pulled_in_days,
        cast(coalesce(happened.step_back_count, 0) as bigint) as step_back_count,
        deal_periods.was_open
        and coalesce(deal_periods.start_owner_name, '') != coalesce(deal_periods.owner_name, '')
            as is_owner_changed,
        coalesce(silent.expected_close_date < silent.balance_date, false) as is_past_due,
        silent.last_activity_date,
        silent.idle_days,
        silent.idle_days > {{ var('idle_after_days') }} as is_idle

    from deal_periods

    left join silent
        on
            deal_periods.period_grain = silent.period_grain
            and deal_periods.period_start = silent.period_start
            and deal_periods.deal_id = silent.deal_id

    left join happened
        on
            deal_periods.period_grain = happened.period_grain
            and deal_periods.period_start = happened.period_start
            and deal_periods.deal_id = happened.deal_id

)

select * from final
