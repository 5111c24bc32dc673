with costs as (

    select
        owner_id,
        cast({{ dbt.date_trunc('month', 'cost_date') }} as date) as month_start,
        case
            when cost_category = 'salaries' then 'salary'
            when cost_category = 'tools' then 'tools'
            else 'fees'
        end as rep_cost,
        cost_function,
        cost_amount

    from {{ ref('fct_costs') }}

),

-- Reps who are paid in the month share the common costs of sales.
recipients as (

    select
        owner_id,
        month_start,
        row_number() over (partition by month_start order by owner_id asc) as place,
        count(*) over (partition by month_start) as recipient_count

    from costs

    where
        rep_cost = 'salary'
        and cost_function = 'sales'
        and owner_id is not null

    group by
        owner_id,
        month_start

    having sum(cost_amount) > 0

),

-- The pay of somebody who is no owner is a fee of the reps.
common_costs as (

    select
        month_start,
        case when rep_cost = 'tools' then 'tools' else 'fees' end as rep_cost,
        cast(sum(cost_amount) as decimal(28, 8)) as cost_amount

    from costs

    where
        owner_id is null
        and cost_function = 'sales'

    group by
        month_start,
        case when rep_cost = 'tools' then 'tools' else 'fees' end

),

shares as (

    select
        recipients.owner_id,
        recipients.month_start,
        recipients.place,
        recipients.recipient_count,
        common_costs.rep_cost,
        common_costs.cost_amount,
        cast(
            {{ divide('common_costs.cost_amount', 'recipients.recipient_count') }}
            as decimal(28, 8)
        ) as share_amount

    from recipients

    inner join common_costs
        on recipients.month_start = common_costs.month_start

),

parts as (

    select
        owner_id,
        month_start,
        rep_cost,
        cost_amount as own_amount,
        0 as shared_amount

    from costs

    where owner_id is not null

    union all

    -- The last rep takes the remainder of rounding.
    select
        owner_id,
        month_start,
        rep_cost,
        0 as own_amount,
        case
            when place = recipient_count
                then cost_amount - (recipient_count - 1) * share_amount
            else share_amount
        end as shared_amount

    from shares

),

final as (

    select
        owner_id,
        month_start,
        rep_cost,
        cast(sum(own_amount) as decimal(28, 8)) as own_amount,
        cast(sum(shared_amount) as decimal(28, 8)) as shared_amount,
        cast(sum(own_amount) + sum(shared_amount) as decimal(28, 8)) as cost_amount

    from parts

    group by
        owner_id,
        month_start,
        rep_cost

)

select * from final
