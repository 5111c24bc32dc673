{#-
    Question   In which stage do deals die, and of what?
    Asked by   the head of sales, to decide what to train and what to repair.

    How to read it
    One row per pipeline and stage from which a deal was lost. `lost_count` deals went from it to
    lost, for good; of all deals that were ever in the stage (`visited_count`) that is
    `lost_share`. `lost_deal_days` is how long they had stood there (median). Deals that are lost
    early cost little; many lost late, after long waits, are the expensive ones. The row `(none)`
    holds lost deals whose history does not say where they came from.

    What it cannot tell
    The reason is what the rep chose from a list (`most_given_reason`, out of `with_reason_count`
    that have one): price is the polite answer. Deals that are open may still be lost, so that the
    share of a stage that is full today is too low.
-#}
with lost_deals as (

    select
        deal_id,
        pipeline_name,
        lost_reason,
        deal_amount

    from {{ ref('fct_deals').include(database=false) }}

    where
        is_closed
        and not is_won

),

stage_entries as (

    select * from {{ ref('fct_deal_stage_entries').include(database=false) }}

),

stages as (

    select * from {{ ref('dim_pipeline_stages').include(database=false) }}

),

-- The last stage that was open; what follows it is the loss.
last_open_entries as (

    select
        deal_id,
        max(entry_number) as entry_number

    from stage_entries

    where not is_closed

    group by deal_id

),

losses as (

    select
        lost_deals.deal_id,
        lost_deals.lost_reason,
        lost_deals.deal_amount,
        coalesce(stages.pipeline_name, lost_deals.pipeline_name) as pipeline_name,
        coalesce(stages.stage_name, '(none)') as stage_name,
        stages.stage_order,
        stage_entries.pipeline_id,
        stage_entries.stage_id,
        {{ dbt.datediff('stage_entries.entered_at', 'stage_entries.left_at', 'day') }}
            as stage_days

    from lost_deals

    left join last_open_entries
        on lost_deals.deal_id = last_open_entries.deal_id

    left join stage_entries
        on
            last_open_entries.deal_id = stage_entries.deal_id
            and last_open_entries.entry_number = stage_entries.entry_number

    left join stages
        on
            stage_entries.pipeline_id = stages.pipeline_id
            and stage_entries.stage_id = stages.stage_id

),

visits as (

    select
        pipeline_id,
        stage_id,
        count(distinct deal_id) as visited_count

    from stage_entries

    group by
        pipeline_id,
        stage_id

),

reasons as (

    select
        pipeline_name,
        stage_name,
        lost_reason,
        count(deal_id) as given_count,
        row_number() over (
            partition by pipeline_name, stage_name
            order by count(deal_id) desc, lost_reason asc
        ) as reason_rank

    from losses

    where lost_reason is not null

    group by
        pipeline_name,
        stage_name,
        lost_reason

),

most_given_reasons as (

    select *

    from reasons

    where reason_rank = 1

),

counted as (

    select
        pipeline_id,
        stage_id,
        pipeline_name,
        stage_name,
        stage_order,
        count(deal_id) as lost_count,
        coalesce(sum(deal_amount), 0) as lost_amount,
        count(lost_reason) as with_reason_count,
        percentile_cont(0.5) within group (order by stage_days) as lost_deal_days

    from losses

    group by
        pipeline_id,
        stage_id,
        pipeline_name,
        stage_name,
        stage_order

),

final as (

    select
        counted.pipeline_name,
        counted.stage_name,
        counted.stage_order,
        visits.visited_count,
        counted.lost_count,
        {{ ratio('counted.lost_count', 'visits.visited_count') }} as lost_share,
        counted.lost_amount,
        counted.lost_deal_days,
        counted.with_reason_count,
        most_given_reasons.lost_reason as most_given_reason,
        most_given_reasons.given_count as most_given_reason_count

    from counted

    left join visits
        on
            counted.pipeline_id = visits.pipeline_id
            and counted.stage_id = visits.stage_id

    left join most_given_reasons
        on
            counted.pipeline_name = most_given_reasons.pipeline_name
            and counted.stage_name = most_given_reasons.stage_name

)

select * from final

order by
    pipeline_name asc,
    stage_order asc nulls last,
    stage_name asc
