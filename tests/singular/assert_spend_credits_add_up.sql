/*
Claim: the months of spend share out what marketing is credited with, no more and no less. Over all
months the returns of each campaign, of each other segment and of all are what fct_deal_credits
credits them with, and the parts of each touch add up to exactly 1.
Why it could break: a campaign whose payments a join repeats, a touch that nothing paid for and that
is lost, shares that do not divide, a month of spend outside the periods.
Not checked: whether a credit is in the right month (the unit tests). A cent may be lost where three
factors are rounded.
*/
with credits as (

    select *

    from {{ ref('fct_deal_credits') }}

    where
        is_won
        and is_marketing
        and closed_date is not null

),

shares as (

    select
        deal_id,
        touch_number,
        sum(spend_share) as spend_share,
        min(spend_share) as smallest_share

    from {{ ref('fct_spend_credits') }}

    group by
        deal_id,
        touch_number

),

credited as (
    {% for dimension, column in var('credit_cuts').items() if column is string %}
    select
        '{{ dimension }}' as dimension,
        coalesce({{ column }}, '(none)') as segment,
        first_touch_amount,
        last_touch_amount,
        linear_amount,
        time_decay_amount,
        position_based_amount

    from credits

    union all
    {% endfor %}
    select
        'all' as dimension,
        'all' as segment,
        first_touch_amount,
        last_touch_amount,
        linear_amount,
        time_decay_amount,
        position_based_amount

    from credits

),

expected as (

    select
        dimension,
        segment,
        coalesce(sum(first_touch_amount), 0) as first_touch_amount,
        coalesce(sum(last_touch_amount), 0) as last_touch_amount,
        coalesce(sum(linear_amount), 0) as linear_amount,
        coalesce(sum(time_decay_amount), 0) as time_decay_amount,
        coalesce(sum(position_based_amount), 0) as position_based_amount

    from credited

    group by
        dimension,
        segment

),

months as (

    select
        dimension,
        segment,
        coalesce(sum(first_touch_of_spend_amount), 0) as first_touch_amount,
        coalesce(sum(last_touch_of_spend_amount), 0) as last_touch_amount,
        coalesce(sum(linear_of_spend_amount), 0) as linear_amount,
        coalesce(sum(time_decay_of_spend_amount), 0) as time_decay_amount,
        coalesce(sum(position_based_of_spend_amount), 0) as position_based_amount

    from {{ ref('agg_spend_credits') }}

    where
        period_grain = 'month'
        and (dimension = 'all' or dimension in (select credited.dimension from credited))

    group by
        dimension,
        segment

)

select
    'amounts of all months' as finding,
    coalesce(expected.dimension, months.dimension) as dimension,
    coalesce(expected.segment, months.segment) as segment,
    expected.first_touch_amount as expected_amount,
    months.first_touch_amount as found_amount

from expected

full outer join months
    on
        expected.dimension = months.dimension
        and expected.segment = months.segment

where
    -- Without any credit there is still the total.
    (expected.dimension is null and months.dimension != 'all')
    or (expected.dimension is not null and months.dimension is null)
    or abs(expected.first_touch_amount - months.first_touch_amount) > 0.01
    or abs(expected.last_touch_amount - months.last_touch_amount) > 0.01
    or abs(expected.linear_amount - months.linear_amount) > 0.01
    or abs(expected.time_decay_amount - months.time_decay_amount) > 0.01
    or abs(expected.position_based_amount - months.position_based_amount) > 0.01

union all

select
    'parts of a touch' as finding,
    credits.deal_id as dimension,
    cast(credits.touch_number as {{ dbt.type_string() }}) as segment,
    1 as expected_amount,
    shares.spend_share as found_amount

from credits

left join shares
    on
        credits.deal_id = shares.deal_id
        and credits.touch_number = shares.touch_number

where
    shares.spend_share is distinct from 1
    or shares.smallest_share < 0
