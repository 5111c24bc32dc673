/*
Claim: the credits of every deal add up to exactly 1 in each model of attribution, and its credited
amounts to exactly its amount; every counted deal has credits, and no other deal has any.
Why it could break: shares that do not divide, a touch that a join repeats, a deal without a touch,
a touch that several contacts of a deal would have.
Not checked: whether the credited touches are the right ones (the unit tests).
*/
with deals as (

    select * from {{ ref('fct_deals') }}

),

sums as (

    select
        deal_id,
        sum(first_touch_credit) as first_touch_credit,
        sum(last_touch_credit) as last_touch_credit,
        sum(linear_credit) as linear_credit,
        sum(time_decay_credit) as time_decay_credit,
        sum(position_based_credit) as position_based_credit,
        min(least(linear_credit, time_decay_credit, position_based_credit)) as smallest_credit,
        sum(first_touch_amount) as first_touch_amount,
        sum(last_touch_amount) as last_touch_amount,
        sum(linear_amount) as linear_amount,
        sum(time_decay_amount) as time_decay_amount,
        sum(position_based_amount) as position_based_amount

    from {{ ref('fct_deal_credits') }}

    group by deal_id

)

select
    deals.deal_id as counted_deal_id,
    deals.deal_amount,
    sums.*

from deals

full outer join sums
    on deals.deal_id = sums.deal_id

where
    deals.deal_id is null
    or sums.first_touch_credit is distinct from 1
    or sums.last_touch_credit is distinct from 1
    or sums.linear_credit is distinct from 1
    or sums.time_decay_credit is distinct from 1
    or sums.position_based_credit is distinct from 1
    or sums.smallest_credit < 0
    or sums.first_touch_amount is distinct from deals.deal_amount
    or sums.last_touch_amount is distinct from deals.deal_amount
    or sums.linear_amount is distinct from deals.deal_amount
    or sums.time_decay_amount is distinct from deals.deal_amount
    or sums.position_based_amount is distinct from deals.deal_amount
