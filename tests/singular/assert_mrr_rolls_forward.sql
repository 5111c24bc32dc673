/*
Claim: recurring revenue at the end of a month is that of the month before plus the month's
movements: for each customer, each plan, each currency and in total. The net changes of a
customer's plans add up to its movements, and go the same way.
Why it could break: a leaver that has no row, a movement that is cut at the last day of the data,
the effect of a rate that is in no movement, a customer in two segments, a swap that loses one side.
Not checked: whether a movement has the right name.
*/
{%- set groups = {
    'customer': 'customer_id', 'plan': 'plan', 'currency': 'currency', 'total': "'total'",
} %}
with subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

reported_months as (

    select month_start from {{ ref('dim_period_months') }} where period_grain = 'month'

),

changes as (
    {%- for grouped_by, column in groups.items() %}
    {% if not loop.first %}
    union all
    {% endif %}
    select
        '{{ grouped_by }}' as grouped_by,
        {{ column }} as group_name,
        month_start,
        mrr_amount as end_amount,
        0 as start_amount,
        0 as moved_amount

    from subscription_months

    union all

    select
        '{{ grouped_by }}' as grouped_by,
        {{ column }} as group_name,
        next_month_start as month_start,
        0 as end_amount,
        mrr_amount as start_amount,
        0 as moved_amount

    from subscription_months

    union all

    select
        '{{ grouped_by }}' as grouped_by,
        {{ column }} as group_name,
        month_start,
        0 as end_amount,
        0 as start_amount,
        movement_amount as moved_amount

    from movements
    {%- endfor %}

)

select
    changes.grouped_by,
    changes.group_name,
    changes.month_start,
    sum(changes.start_amount) as start_amount,
    sum(changes.moved_amount) as moved_amount,
    sum(changes.end_amount) as end_amount

from changes

inner join reported_months
    on changes.month_start = reported_months.month_start

group by
    changes.grouped_by,
    changes.group_name,
    changes.month_start

having sum(changes.start_amount) + sum(changes.moved_amount) != sum(changes.end_amount)

union all

-- The MRR of a customer at the end of a month is that of its row of the month.
select
    'fct_mrr_months' as grouped_by,
    mrr_months.customer_id as group_name,
    mrr_months.month_start,
    max(mrr_months.start_mrr_amount) as start_amount,
    max(mrr_months.mrr_amount) as moved_amount,
    coalesce(sum(subscription_months.mrr_amount), 0) as end_amount

from {{ ref('fct_mrr_months') }} as mrr_months

left join subscription_months
    on
        mrr_months.customer_id = subscription_months.customer_id
        and mrr_months.month_start = subscription_months.month_start

group by
    mrr_months.customer_id,
    mrr_months.month_start

having max(mrr_months.mrr_amount) != coalesce(sum(subscription_months.mrr_amount), 0)

union all

-- Money that moved between the plans of a customer is in no net change, and nothing else is left
-- out.
select
    'net change' as grouped_by,
    customer_id as group_name,
    month_start,
    0 as start_amount,
    sum(net_change_amount) as moved_amount,
    sum(movement_amount) as end_amount

from movements

where movement != 'fx'

group by
    customer_id,
    month_start

having
    sum(net_change_amount) != sum(movement_amount)
    or sum(abs(net_change_amount)) != abs(sum(movement_amount))
