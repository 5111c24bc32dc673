{#- If the report looks back, the deal tells of later days: the histories speak for now, too. -#}
{%- set is_of_history = 'true' if var('reporting_date') else 'not origins.is_now' -%}
-- For a past morning stage, amount and due date are what the histories had written by the evening
-- before. For the forecast of now they are those of the deal.
with origins as (

    select * from {{ ref('int_forecast_origins') }}

),

stages as (

    select * from {{ ref('int_deal_stages_seen') }} where not is_closed

),

dated_values as (

    select * from {{ ref('int_deal_values_written') }}

),

deals as (

    select * from {{ ref('int_deals_resolved') }}

),

owners as (

    select * from {{ ref('stg_owners') }}

),

owner_periods as (

    select
        *,
        coalesce(valid_to, cast('{{ var("calendar_end") }}' as date)) as last_date

    from {{ ref('stg_owner_periods') }}

),

open_then as (

    select
        origins.origin_date,
        origins.origin_month,
        origins.as_of_date,
        stages.deal_id,
        stages.pipeline_id,
        stages.stage_id,
        stages.seen_from

    from origins

    inner join stages
        on
            origins.as_of_date >= stages.seen_from
            and origins.as_of_date < stages.seen_until

    where {{ is_of_history }}

),

valued as (

    select
        open_then.origin_date,
        open_then.origin_month,
        open_then.as_of_date,
        open_then.deal_id,
        open_then.pipeline_id,
        open_then.stage_id,
        amounts.deal_amount,
        close_dates.close_date,
        coalesce(deal_owners.owner_id, deals.owner_id) as owner_id,
        coalesce(deals.created_date, open_then.seen_from) as created_date

    from open_then

    inner join deals
        on open_then.deal_id = deals.deal_id

    left join dated_values as amounts
        on
            open_then.deal_id = amounts.deal_id
            and amounts.property_name = 'amount'
            and open_then.as_of_date >= amounts.written_from
            and open_then.as_of_date < amounts.written_until

    left join dated_values as close_dates
        on
            open_then.deal_id = close_dates.deal_id
            and close_dates.property_name = 'close_date'
            and open_then.as_of_date >= close_dates.written_from
            and open_then.as_of_date < close_dates.written_until

    left join dated_values as deal_owners
        on
            open_then.deal_id = deal_owners.deal_id
            and deal_owners.property_name = 'owner_id'
            and open_then.as_of_date >= deal_owners.written_from
            and open_then.as_of_date < deal_owners.written_until

    union all

    select
        origins.origin_date,
        origins.origin_month,
        origins.as_of_date,
        deals.deal_id,
        deals.pipeline_id,
        deals.stage_id,
        deals.deal_amount,
        deals.close_date,
        deals.owner_id,
        coalesce(deals.created_date, deals.reporting_date) as created_date

    from deals

    inner join origins
        on deals.reporting_date = origins.as_of_date

    where
        not deals.is_closed
        and not ({{ is_of_history }})

),

-- A deal that is overdue is expected in the month of the morning.
final as (

    select
        valued.origin_date,
        valued.deal_id,
        valued.pipeline_id,
        valued.stage_id,
        valued.deal_amount,
        case
            when valued.close_date is not null
                then greatest({{ month_of('valued', 'close_date') }}, valued.origin_month)
        end as due_month,
        valued.owner_id,
        coalesce(owner_periods.team, owners.team, '(none)') as team,
        -- In months of thirty days, from two years on one class.
        least(
            cast(floor(
                greatest({{ dbt.datediff('valued.created_date', 'valued.as_of_date', 'day') }}, 0)
                / 30.0
            ) as integer),
            24
        ) as age_months

    from valued

    left join owners
        on valued.owner_id = owners.owner_id

    left join owner_periods
        on
            valued.owner_id = owner_periods.owner_id
            and valued.as_of_date >= owner_periods.valid_from
            and valued.as_of_date <= owner_periods.last_date

)

select * from final
