with stays as (

    select * from {{ ref('int_deal_stages_stayed') }}

),

last_entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }} where left_at is null

),

won_deals as (

    select * from {{ ref('int_deals_resolved') }} where is_won

),

stages as (

    select * from {{ ref('stg_pipelines') }} where not is_closed

),

-- A win that was taken back is none. One that the history lacks comes on its closing day, but not
-- before the last entry.
wins as (

    select
        won_deals.deal_id,
        won_deals.pipeline_id,
        case
            when last_entries.is_won then last_entries.entered_date
            when won_deals.closed_date > last_entries.entered_date then won_deals.closed_date
            else last_entries.entered_date
        end as won_date

    from won_deals

    inner join last_entries
        on won_deals.deal_id = last_entries.deal_id

),

first_stays as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        min(entry_number) as entry_number,
        min(entered_date) as entered_date

    from stays

    group by
        deal_id,
        pipeline_id,
        stage_id

),

ordered_stays as (

    select
        stays.deal_id,
        stays.entry_number,
        stays.pipeline_id,
        stays.entered_date,
        stages.stage_order

    from stays

    inner join stages
        on
            stays.pipeline_id = stages.pipeline_id
            and stays.stage_id = stages.stage_id

),

pipelines_of_deals as (

    select
        deal_id,
        pipeline_id

    from stays

    union

    select
        deal_id,
        pipeline_id

    from wins

),

-- Each stage of the pipelines that a deal was in, with its own first entry and with the days on
-- which it entered a later one.
compared as (

    select
        pipelines_of_deals.deal_id,
        pipelines_of_deals.pipeline_id,
        stages.stage_id,
        stages.stage_order,
        stages.is_archived,
        first_stays.entered_date as own_entered_date,
        min(later_stays.entered_date) as later_date,
        min(
            case
                when later_stays.entry_number > first_stays.entry_number
                    then later_stays.entered_date
            end
        ) as own_later_date

    from pipelines_of_deals

    inner join stages
        on pipelines_of_deals.pipeline_id = stages.pipeline_id

    left join first_stays
        on
            pipelines_of_deals.deal_id = first_stays.deal_id
            and pipelines_of_deals.pipeline_id = first_stays.pipeline_id
            and stages.stage_id = first_stays.stage_id

    left join ordered_stays as later_stays
        on
            pipelines_of_deals.deal_id = later_stays.deal_id
            and pipelines_of_deals.pipeline_id = later_stays.pipeline_id
            and stages.stage_order < later_stays.stage_order

    group by
        pipelines_of_deals.deal_id,
        pipelines_of_deals.pipeline_id,
        stages.stage_id,
        stages.stage_order,
        stages.is_archived,
        first_stays.entered_date

),

-- A win is of every stage that the deal was in, but it skips those of its own pipeline alone.
joined as (

    select
        compared.*,
        wins.won_date,
        least(
            compared.later_date,
            case when wins.pipeline_id = compared.pipeline_id then wins.won_date end
        ) as skipped_date

    from compared

    left join wins
        on compared.deal_id = wins.deal_id

),

final as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        own_entered_date is null as is_skipped,
        least(own_entered_date, skipped_date) as entered_date,
        least(later_date, won_date) as went_on_date,
        own_entered_date,
        case when own_entered_date is not null then least(own_later_date, won_date) end
            as own_went_on_date

    from joined

    -- A stage that is no longer in use, or that has no place in the order, was skipped by nobody.
    where
        own_entered_date is not null
        or (skipped_date is not null and stage_order is not null and not is_archived)

)

select * from final
