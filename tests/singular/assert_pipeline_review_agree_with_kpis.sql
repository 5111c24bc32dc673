/*
Claim: over all owners the review has the movements of the KPI pipeline_movements as seen, to the
cent, and for each owner the start and what happened add up to the end.
Why it could break: an owner who is in one of the two marts alone, a movement that is new, a deal
that changed hands and is counted twice.
Not checked: pushes, steps back and idle deals, which no KPI has.
*/
with reviewed as (

    select * from {{ ref('pipeline_review') }}

),

reviewed_by_movement as (

    select
        period_grain,
        period_start,
        'start' as pipeline_movement,
        start_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'created' as pipeline_movement,
        created_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'reopened' as pipeline_movement,
        reopened_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'increased' as pipeline_movement,
        increased_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'decreased' as pipeline_movement,
        decreased_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'won' as pipeline_movement,
        won_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'lost' as pipeline_movement,
        lost_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'reassigned_in' as pipeline_movement,
        reassigned_in_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'reassigned_out' as pipeline_movement,
        reassigned_out_amount as movement_amount

    from reviewed

    union all

    select
        period_grain,
        period_start,
        'end' as pipeline_movement,
        end_amount as movement_amount

    from reviewed

),

summed as (

    select
        period_grain,
        period_start,
        pipeline_movement,
        sum(movement_amount) as movement_amount

    from reviewed_by_movement

    group by
        period_grain,
        period_start,
        pipeline_movement

),

movements as (

    select * from {{ ref('kpi_values') }}

    where
        kpi = 'pipeline_movements'
        and variant = 'all_open_as_seen'
        and dimension = 'movement'
        and period_grain in ('week', 'month', 'quarter')

)

select
    movements.period_grain,
    movements.period_start,
    movements.segment as finding

from movements

left join summed
    on
        movements.period_grain = summed.period_grain
        and movements.period_start = summed.period_start
        and movements.segment = summed.pipeline_movement

where coalesce(movements.value, 0) != coalesce(summed.movement_amount, 0)

union all

select
    period_grain,
    period_start,
    owner_name || ': the parts do not add up to the end' as finding

from reviewed

where
    start_amount
    + created_amount
    + reopened_amount
    + increased_amount
    + decreased_amount
    + won_amount
    + lost_amount
    + reassigned_in_amount
    + reassigned_out_amount
    != end_amount
