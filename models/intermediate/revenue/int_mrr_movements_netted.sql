with movements as (

    select * from {{ ref('int_mrr_movements_classified') }}

),

summed as (

    select
        *,
        sum(change_amount) over (partition by customer_id, month_start) as customer_change_amount

    from movements

),

-- The rows that went the way of the customer: the others only moved from one plan to another.
sided as (

    select
        *,
        case
            when customer_change_amount > 0 and change_amount > 0 then change_amount
            when customer_change_amount < 0 and change_amount < 0 then change_amount
            else 0
        end as same_way_amount

    from summed

),

reached as (

    select
        *,
        sum(same_way_amount) over (partition by customer_id, month_start) as whole_amount,
        sum(same_way_amount) over (
            partition by customer_id, month_start
            order by plan asc, currency asc
            rows between unbounded preceding and current row
        ) as reached_amount

    from sided

),

-- The shares up to a row are rounded, so that the rows add up to the customer's change.
shared as (

    select
        *,
        cast(
            case
                when reached_amount = whole_amount then customer_change_amount
                else customer_change_amount * ({{ divide('reached_amount', 'whole_amount') }})
            end as decimal(28, 8)
        ) as shared_amount

    from reached

),

final as (

    select
        customer_id,
        month_start,
        plan,
        currency,
        movement,
        change_amount,
        cast(
            shared_amount - lag(shared_amount, 1, cast(0 as decimal(28, 8))) over (
                partition by customer_id, month_start
                order by plan asc, currency asc
            ) as decimal(28, 8)
        ) as net_change_amount,
        fx_amount

    from shared

)

select * from final
