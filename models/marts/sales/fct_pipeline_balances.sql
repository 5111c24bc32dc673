{{ config(pre_hook="{{ add_custom_cuts('deals') }}{{ add_custom_cuts('companies') }}") }}

{#- Later than any day of the data: the stage that a deal is still in is never left. -#}
{%- set last_day = "cast('" ~ var('calendar_end') ~ "' as date)" -%}
with pieces as (

    select * from {{ ref('int_pieces') }}

),

spans as (

    select * from {{ ref('int_deal_open_spans') }}

),

dated_values as (

    select * from {{ ref('int_deal_values_dated') }}

),

-- A far day replaces a missing one: a join with an `or` compares every entry with every deal.
entries as (

    select
        *,
        coalesce({{ reporting_day('left_at') }}, {{ last_day }}) as left_date

    from {{ ref('int_deal_stage_entries_matched') }}

),

stages as (

    select * from {{ ref('dim_pipeline_stages') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

-- Open at the end of a day are the deals that are not closed on it.
open_deals as (

    select
        spans.deal_id,
        spans.pipeline_basis,
        pieces.piece_start,
        pieces.month_start,
        pieces.week_start,
        pieces.balance_date,
        pieces.is_month_end,
        pieces.is_week_end

    from spans

    inner join pieces
        on
            spans.open_from <= pieces.balance_date
            and (spans.open_until is null or spans.open_until > pieces.balance_date)

),

-- In the stage of that day; where no history tells, a deal that is open still is in the one of
-- today.
staged as (

    select
        open_deals.*,
        case
            when entries.stage_id is not null and not entries.is_closed then entries.pipeline_id
            when entries.stage_id is null and not deals.is_closed then deals.pipeline_id
        end as pipeline_id,
        case
            when entries.stage_id is not null and not entries.is_closed then entries.stage_id
            when entries.stage_id is null and not deals.is_closed then deals.stage_id
        end as stage_id

    from open_deals

    inner join deals
        on open_deals.deal_id = deals.deal_id

    left join entries
        on
            open_deals.deal_id = entries.deal_id
            and open_deals.balance_date >= entries.entered_date
            and open_deals.balance_date < entries.left_date

),

final as (

    select
        staged.deal_id,
        deals.deal_name,
        deals.company_name,
        deals.record_url,
        staged.pipeline_basis,
        staged.balance_date,
        staged.piece_start,
        staged.month_start,
        staged.week_start,
        staged.is_month_end,
        staged.is_week_end,
        deal_owners.owner_id,
        owners.owner_name,
        owners.team,
        coalesce(stages.pipeline_name, deals.pipeline_name) as pipeline_name,
        stages.stage_name,
        stages.stage_order,
        stages.win_probability,
        deals.channel,
        deals.industry,
        deals.country,
        deals.plan,
        deals.customer_type,
        amounts.deal_amount,
        cast(
            cast(amounts.deal_amount as decimal(28, 2)) * stages.win_probability
            as decimal(28, 8)
        ) as weighted_amount,
        expected_days.close_date as expected_close_date,
        deals.created_date
        {{- custom_cuts('deals', 'deals') }}
        {{- custom_cuts('companies', 'deals') }}

    from staged

    inner join deals
        on staged.deal_id = deals.deal_id

    left join stages
        on
            staged.pipeline_id = stages.pipeline_id
            and staged.stage_id = stages.stage_id

    left join dated_values as amounts
        on
            staged.deal_id = amounts.deal_id
            and amounts.property_name = 'amount'
            and staged.balance_date >= amounts.valid_from
            and staged.balance_date < amounts.valid_until

    left join dated_values as expected_days
        on
            staged.deal_id = expected_days.deal_id
            and expected_days.property_name = 'close_date'
            and staged.balance_date >= expected_days.valid_from
            and staged.balance_date < expected_days.valid_until

    left join dated_values as deal_owners
        on
            staged.deal_id = deal_owners.deal_id
            and deal_owners.property_name = 'owner_id'
            and staged.balance_date >= deal_owners.valid_from
            and staged.balance_date < deal_owners.valid_until

    left join owners
        on
            deal_owners.owner_id = owners.owner_id
            and staged.balance_date >= owners.valid_from
            and staged.balance_date <= owners.valid_to

)

select * from final
