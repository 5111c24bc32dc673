with owners as (

    select * from {{ ref('dim_owner_periods') }}

),

-- If no deal has an outcome, the signed amounts are unknown.
outcomes as (

    select count(*) > 0 as are_known

    from {{ ref('fct_deals') }}

    where is_won is not null

),

deals as (

    select
        owner_id,
        cast({{ dbt.date_trunc('month', 'closed_date') }} as date) as month_start,
        deal_amount

    from {{ ref('fct_deals') }}

    where
        is_won
        and closed_date is not null

),

costs as (

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
        cast(common_costs.cost_amount / recipients.recipient_count as decimal(28, 8))
            as share_amount

    from recipients

    inner join common_costs
        on recipients.month_start = common_costs.month_start

),

parts as (

    select
        owner_id,
        month_start,
        'signed' as part,
        deal_amount as amount

    from deals

    where owner_id is not null

    union all

    select
        owner_id,
        month_start,
        rep_cost as part,
        cost_amount as amount

    from costs

    where owner_id is not null

    union all

    -- The last rep takes the remainder of rounding.
    select
        owner_id,
        month_start,
        rep_cost as part,
        case
            when place = recipient_count
                then cost_amount - (recipient_count - 1) * share_amount
            else share_amount
        end as amount

    from shares

),

-- A rep who changes team or role within a month ends it in the new one.
ended as (

    select
        *,
        cast({{ dbt.last_day('month_start', 'month') }} as date) as month_end

    from parts

),

summed as (

    select
        parts.owner_id,
        owners.owner_name,
        owners.team,
        owners.role,
        parts.month_start,
        count(case when parts.part = 'salary' then 1 end) > 0 as is_pay_known,
        count(case when parts.part = 'signed' then 1 end) as signed_count,
        sum(case when parts.part = 'signed' then parts.amount end) as signed_amount,
        sum(case when parts.part = 'salary' then parts.amount else 0 end) as salary_amount,
        sum(case when parts.part = 'tools' then parts.amount else 0 end) as tools_amount,
        sum(case when parts.part = 'fees' then parts.amount else 0 end) as fees_amount

    from ended as parts

    inner join owners
        on
            parts.owner_id = owners.owner_id
            and parts.month_end >= owners.valid_from
            and parts.month_end <= owners.valid_to

    group by
        parts.owner_id,
        owners.owner_name,
        owners.team,
        owners.role,
        parts.month_start

),

-- The cost of a rep is not known in a month without pay; a rep on unpaid leave is paid 0.
final as (

    select
        summed.owner_id,
        summed.owner_name,
        summed.team,
        summed.role,
        summed.month_start,
        cast(
            case
                when not outcomes.are_known then null
                when summed.signed_count = 0 then 0
                else summed.signed_amount
            end as decimal(28, 8)
        ) as signed_amount,
        case
            when summed.is_pay_known then cast(summed.salary_amount as decimal(28, 8))
        end as salary_amount,
        cast(summed.tools_amount as decimal(28, 8)) as tools_amount,
        cast(summed.fees_amount as decimal(28, 8)) as fees_amount,
        case
            when summed.is_pay_known
                then cast(
                    summed.salary_amount + summed.tools_amount + summed.fees_amount
                    as decimal(28, 8)
                )
        end as cost_amount

    from summed

    cross join outcomes

)

select * from final
