{#-
    Question   Which rep's pipeline is stuck?
    Asked by   the head of sales, before the weekly pipeline review.

    How to read it
    One row per rep with an open deal, the most stuck money first. A deal is `old` if it has been
    going on (from its first interaction) for longer than the rep's own won deals usually took; it
    is `waiting` if it has stood in its present stage for longer than deals of all reps usually
    stood there before they moved; it is stuck if it is both. "Usually" is the median. A rep with
    fewer than `min_won_deals` wins is measured by the team, and a team with fewer by the company:
    `usual_cycle_is_of` says whose it is.

    What it cannot tell
    Why: a deal may wait for a budget that comes in March. Half of all won deals took longer than
    the median, so one old deal is normal and many are not. A deal without stage history is never
    waiting. Nor does it say what is missing: a rep with an empty pipeline has none that is stuck.
-#}
{%- set min_won_deals = 10 -%}
with deals as (

    select * from {{ ref('fct_deals').include(database=false) }}

),

stage_entries as (

    select * from {{ ref('fct_deal_stage_entries').include(database=false) }}

),

reporting as (

    select max(reporting_date) as reporting_date

    from {{ ref('dim_periods').include(database=false) }}

),

won_deals as (

    select
        owner_name,
        team,
        cycle_days

    from deals

    where
        is_won
        and cycle_days is not null

),

cycles_of_reps as (

    select
        owner_name,
        count(*) as won_deal_count,
        percentile_cont(0.5) within group (order by cycle_days) as usual_cycle_days

    from won_deals

    group by owner_name

),

cycles_of_teams as (

    select
        team,
        count(*) as won_deal_count,
        percentile_cont(0.5) within group (order by cycle_days) as usual_cycle_days

    from won_deals

    group by team

),

cycle_of_company as (

    select percentile_cont(0.5) within group (order by cycle_days) as usual_cycle_days

    from won_deals

),

-- Only visits that ended tell how long a visit takes.
usual_visits as (

    select
        pipeline_id,
        stage_id,
        percentile_cont(0.5) within group (
            order by {{ dbt.datediff('entered_at', 'left_at', 'day') }}
        ) as usual_stage_days

    from stage_entries

    where
        left_at is not null
        and not is_closed

    group by
        pipeline_id,
        stage_id

),

present_stages as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        entered_date

    from stage_entries

    where left_at is null

),

open_deals as (

    select
        deals.deal_id,
        coalesce(deals.owner_name, '(none)') as owner_name,
        deals.team,
        deals.deal_amount,
        {{ dbt.datediff('deals.first_interaction_date', 'reporting.reporting_date', 'day') }}
            as open_days,
        {{ dbt.datediff('present_stages.entered_date', 'reporting.reporting_date', 'day') }}
            as stage_days,
        usual_visits.usual_stage_days,
        case
            when cycles_of_reps.won_deal_count >= {{ min_won_deals }} then 'rep'
            when cycles_of_teams.won_deal_count >= {{ min_won_deals }} then 'team'
            else 'company'
        end as usual_cycle_is_of,
        case
            when cycles_of_reps.won_deal_count >= {{ min_won_deals }}
                then cycles_of_reps.usual_cycle_days
            when cycles_of_teams.won_deal_count >= {{ min_won_deals }}
                then cycles_of_teams.usual_cycle_days
            else cycle_of_company.usual_cycle_days
        end as usual_cycle_days

    from deals

    cross join reporting

    cross join cycle_of_company

    left join cycles_of_reps
        on deals.owner_name = cycles_of_reps.owner_name

    left join cycles_of_teams
        on deals.team = cycles_of_teams.team

    left join present_stages
        on
            deals.deal_id = present_stages.deal_id
            and deals.stage_id = present_stages.stage_id

    left join usual_visits
        on
            present_stages.pipeline_id = usual_visits.pipeline_id
            and present_stages.stage_id = usual_visits.stage_id

    where not deals.is_closed

),

judged as (

    select
        *,
        coalesce(open_days > usual_cycle_days, false) as is_old,
        coalesce(stage_days > usual_stage_days, false) as is_waiting

    from open_deals

),

final as (

    select
        owner_name,
        team,
        count(deal_id) as open_deal_count,
        count(case when is_old then deal_id end) as old_deal_count,
        count(case when is_waiting then deal_id end) as waiting_deal_count,
        count(case when is_old and is_waiting then deal_id end) as stuck_deal_count,
        coalesce(sum(deal_amount), 0) as open_amount,
        coalesce(sum(case when is_old and is_waiting then deal_amount end), 0) as stuck_amount,
        usual_cycle_days,
        usual_cycle_is_of,
        percentile_cont(0.5) within group (order by open_days) as median_open_days,
        max(stage_days) as longest_stage_days

    from judged

    group by
        owner_name,
        team,
        usual_cycle_days,
        usual_cycle_is_of

)

select * from final

order by
    stuck_amount desc,
    owner_name asc
