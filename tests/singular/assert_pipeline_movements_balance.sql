/*
Claim: on each basis and in each scope, period, deal, owner and team the start and the movements add
up to the end, and what goes over from one owner to another adds up to 0; the deals open at the end
of a period are, by owner and team, those that the next one starts with; as known, won is by owner
and team the amount signed (fct_deals) in the period; and the deals open at the last end, known or
seen, are those that fct_deals shows as open.
Why it could break: a deal that comes or goes in no movement, one that stands in two, an amount that
changes unseen, a closing day other than the official one.
Not checked: whether a movement other than won has the right name; the deals open now, if the report
looks back: fct_deals then shows the amounts of today, the pipeline those of that day.
*/
with movements as (

    select * from {{ ref('fct_pipeline_movements') }}

),

unbalanced as (

    select
        pipeline_basis,
        pipeline_scope,
        period_grain,
        period_start,
        deal_id,
        sum(case when pipeline_movement = 'end' then -1 * movement_amount else movement_amount end)
            as difference

    from movements

    group by
        pipeline_basis,
        pipeline_scope,
        period_grain,
        period_start,
        deal_id,
        owner_name,
        team

    having
        sum(case when pipeline_movement = 'end' then -1 * movement_amount else movement_amount end)
        != 0

),

reassigned as (

    select
        pipeline_basis,
        pipeline_scope,
        period_grain,
        period_start,
        deal_id,
        sum(movement_amount) as difference

    from movements

    where pipeline_movement in ('reassigned_in', 'reassigned_out')

    group by
        pipeline_basis,
        pipeline_scope,
        period_grain,
        period_start,
        deal_id

    having sum(movement_amount) != 0

),

scopes as (

    select distinct pipeline_scope from movements

),

signed as (

    select
        periods.period_grain,
        periods.period_start,
        deals.owner_name,
        deals.team,
        sum(deals.deal_amount) as amount

    from {{ ref('dim_periods') }} as periods

    inner join {{ ref('fct_deals') }} as deals
        on
            periods.period_start <= deals.closed_date
            and periods.period_end >= deals.closed_date

    where deals.is_won

    group by
        periods.period_grain,
        periods.period_start,
        deals.owner_name,
        deals.team

),

-- Signed amounts of each owner and team, less the won ones.
signed_and_won as (

    select
        scopes.pipeline_scope,
        signed.period_grain,
        signed.period_start,
        signed.owner_name,
        signed.team,
        signed.amount

    from signed

    cross join scopes

    union all

    select
        pipeline_scope,
        period_grain,
        period_start,
        owner_name,
        team,
        movement_amount as amount

    from movements

    where
        pipeline_movement = 'won'
        and pipeline_basis = 'as_known'

),

not_signed as (

    select
        'as_known' as pipeline_basis,
        pipeline_scope,
        period_grain,
        period_start,
        'won' as deal_id,
        sum(amount) as difference

    from signed_and_won

    group by
        pipeline_scope,
        period_grain,
        period_start,
        owner_name,
        team

    having sum(amount) != 0

),

-- The start of each period but the first, less the end of the one before it.
starts_and_ends as (

    select
        movements.pipeline_basis,
        movements.period_grain,
        movements.period_start,
        movements.owner_name,
        movements.team,
        movements.movement_amount as amount

    from movements

    inner join {{ ref('dim_periods') }} as periods
        on
            movements.period_grain = periods.period_grain
            and movements.period_start = periods.period_start

    inner join {{ ref('dim_periods') }} as earlier
        on
            periods.period_grain = earlier.period_grain
            and periods.previous_period_start = earlier.period_start

    where
        movements.pipeline_scope = 'all_open'
        and movements.pipeline_movement = 'start'

    union all

    select
        movements.pipeline_basis,
        periods.period_grain,
        periods.period_start,
        movements.owner_name,
        movements.team,
        -1 * movements.movement_amount as amount

    from movements

    inner join {{ ref('dim_periods') }} as periods
        on
            movements.period_grain = periods.period_grain
            and movements.period_start = periods.previous_period_start

    where
        movements.pipeline_scope = 'all_open'
        and movements.pipeline_movement = 'end'
        and periods.has_begun

),

gaps as (

    select
        pipeline_basis,
        'all_open' as pipeline_scope,
        period_grain,
        period_start,
        'start' as deal_id,
        sum(amount) as difference

    from starts_and_ends

    group by
        pipeline_basis,
        period_grain,
        period_start,
        owner_name,
        team

    having sum(amount) != 0

),

balances as (

    select
        pipeline_basis,
        period_grain,
        period_start,
        sum(case when pipeline_movement = 'end' then movement_amount else 0 end) as end_amount

    from movements

    where pipeline_scope = 'all_open'

    group by
        pipeline_basis,
        period_grain,
        period_start

),

-- The deals that stand open now, counted on the deals themselves.
open_deals as (

    select coalesce(sum(deal_amount), 0) as open_amount

    from {{ ref('fct_deals') }}

    where not is_closed

),

open_now as (

    select
        balances.pipeline_basis,
        'all_open' as pipeline_scope,
        balances.period_grain,
        balances.period_start,
        'open now' as deal_id,
        open_deals.open_amount - balances.end_amount as difference

    from balances

    inner join {{ ref('dim_periods') }} as periods
        on
            balances.period_grain = periods.period_grain
            and balances.period_start = periods.period_start

    cross join open_deals

    where
        periods.has_begun
        and periods.period_end >= periods.reporting_date
        and open_deals.open_amount != balances.end_amount

)

select * from unbalanced

union all

select * from reassigned

union all

select * from not_signed

union all

select * from gaps
{%- if not var('reporting_date') %}

union all

select * from open_now
{%- endif %}
