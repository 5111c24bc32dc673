-- A win is seen on the evening on which the stage history shows it, with the amount that the
-- property history had by then. What becomes of it later does not change it.
with stages as (

    select * from {{ ref('int_deal_stages_seen') }}

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

months as (

    select * from {{ ref('int_fiscal_months') }}

),

all_deals as (

    select * from {{ ref('stg_deals') }}

),

sources_with_history as (

    select distinct all_deals.source_system

    from dated_values

    inner join all_deals
        on dated_values.deal_id = all_deals.deal_id

    where dated_values.property_name = 'amount'

),

wins as (

    select
        stages.deal_id,
        stages.seen_from as won_date,
        -- Only a source without any history of amounts is asked for the one of today.
        case
            when sources_with_history.source_system is null then deals.deal_amount
            else amounts.deal_amount
        end as won_amount,
        coalesce(deal_owners.owner_id, deals.owner_id) as owner_id

    from stages

    inner join deals
        on stages.deal_id = deals.deal_id

    left join sources_with_history
        on deals.source_system = sources_with_history.source_system

    left join dated_values as amounts
        on
            stages.deal_id = amounts.deal_id
            and amounts.property_name = 'amount'
            and stages.seen_from >= amounts.written_from
            and stages.seen_from < amounts.written_until

    left join dated_values as deal_owners
        on
            stages.deal_id = deal_owners.deal_id
            and deal_owners.property_name = 'owner_id'
            and stages.seen_from >= deal_owners.written_from
            and stages.seen_from < deal_owners.written_until

    where
        stages.is_won
        and not coalesce(stages.was_won, false)

),

final as (

    select
        wins.deal_id,
        wins.won_date,
        months.month_start,
        months.fiscal_month_number as month_number,
        wins.won_amount,
        wins.owner_id,
        coalesce(owner_periods.team, owners.team, '(none)') as team

    from wins

    inner join months
        on {{ month_of('wins', 'won_date') }} = months.month_start

    left join owners
        on wins.owner_id = owners.owner_id

    left join owner_periods
        on
            wins.owner_id = owner_periods.owner_id
            and wins.won_date >= owner_periods.valid_from
            and wins.won_date <= owner_periods.last_date

)

select * from final
