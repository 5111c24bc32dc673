{#-
    Question   Where do leads die, and through which channel did they come?
    Asked by   the head of marketing and the head of sales, when they argue about lead quality.

    How to read it
    One row per channel and stage, `all` first. `reached_count` leads got to the stage;
    `went_on_count` of them reached a later one or signed a deal; `still_moving_count` stand in it
    and either entered it within the last `cohort_horizon_days` days or have an open deal; the rest,
    `stopped_count`, stand in it and nothing happens any more. Compare `stopped_share` down one
    channel to find its leak, and along one stage to find the channel that leaks.

    What it cannot tell
    Nobody writes down that a lead is dead: "stopped" is quiet for longer than the horizon, and some
    of them will wake up. All leads since the first day are counted, so that an old problem that was
    repaired still shows. An open deal is seen through its primary contact only.
-#}
with contacts as (

    select * from {{ ref('fct_contact_funnel').include(database=false) }}

),

reporting as (

    select max(reporting_date) as reporting_date

    from {{ ref('dim_periods').include(database=false) }}

),

open_deals as (

    select distinct contact_id

    from {{ ref('fct_deals').include(database=false) }}

    where not is_closed

),

leads as (

    select
        contacts.contact_id,
        coalesce(contacts.channel, '(none)') as channel,
        contacts.lead_date,
        contacts.mql_date,
        contacts.sql_date,
        contacts.opportunity_date,
        contacts.customer_date,
        contacts.first_won_date is not null as has_signed,
        open_deals.contact_id is not null as has_open_deal,
        reporting.reporting_date

    from contacts

    cross join reporting

    left join open_deals
        on contacts.contact_id = open_deals.contact_id

    where contacts.lead_date is not null

),

-- A customer has arrived: the last stage has nothing to die before.
stages as (

    select
        1 as stage_number,
        'lead' as lifecycle_stage

    union all

    select
        2 as stage_number,
        'mql' as lifecycle_stage

    union all

    select
        3 as stage_number,
        'sql' as lifecycle_stage

    union all

    select
        4 as stage_number,
        'opportunity' as lifecycle_stage

),

stage_visits as (

    select
        leads.contact_id,
        leads.channel,
        leads.has_signed,
        leads.has_open_deal,
        leads.reporting_date,
        stages.stage_number,
        stages.lifecycle_stage,
        case stages.stage_number
            when 1 then leads.lead_date
            when 2 then leads.mql_date
            when 3 then leads.sql_date
            when 4 then leads.opportunity_date
        end as entered_date,
        case stages.stage_number
            when 1 then leads.mql_date
            when 2 then leads.sql_date
            when 3 then leads.opportunity_date
            when 4 then leads.customer_date
        end as left_date

    from leads

    cross join stages

),

judged as (

    select
        contact_id,
        channel,
        stage_number,
        lifecycle_stage,
        left_date is not null or has_signed as went_on,
        left_date is null
        and not has_signed
        and (
            has_open_deal
            or {{ dbt.datediff('entered_date', 'reporting_date', 'day') }}
            <= {{ var('cohort_horizon_days') }}
        ) as is_moving

    from stage_visits

    where entered_date is not null

),

by_cut as (

    select
        'all' as channel,
        stage_number,
        lifecycle_stage,
        contact_id,
        went_on,
        is_moving

    from judged

    union all

    select
        channel,
        stage_number,
        lifecycle_stage,
        contact_id,
        went_on,
        is_moving

    from judged

),

counted as (

    select
        channel,
        stage_number,
        lifecycle_stage,
        count(contact_id) as reached_count,
        count(case when went_on then contact_id end) as went_on_count,
        count(case when is_moving then contact_id end) as still_moving_count,
        count(case when not went_on and not is_moving then contact_id end) as stopped_count

    from by_cut

    group by
        channel,
        stage_number,
        lifecycle_stage

),

final as (

    select
        channel,
        stage_number,
        lifecycle_stage,
        reached_count,
        went_on_count,
        still_moving_count,
        stopped_count,
        {{ ratio('stopped_count', 'reached_count') }} as stopped_share

    from counted

)

select * from final

order by
    case when channel = 'all' then 0 else 1 end,
    channel asc,
    stage_number asc
