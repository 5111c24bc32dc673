with owners as (

    select * from {{ ref('dim_owner_periods') }}

),

costs as (

    select * from {{ ref('fct_rep_costs') }}

),

-- If no deal has an outcome, the signed amounts are unknown.
outcomes as (

    select count(*) > 0 as are_known

    from {{ ref('fct_deals') }}

    where is_won is not null

),

won_deals as (

    select
        owner_id,
        cast({{ dbt.date_trunc('month', 'closed_date') }} as date) as month_start,
        deal_amount

    from {{ ref('fct_deals') }}

    where
        is_won
        and closed_date is not null
        and owner_id is not null

),

parts as (

    select
        owner_id,
        month_start,
        'signed' as part,
        deal_amount as amount

    from won_deals

    union all

    select
        owner_id,
        month_start,
        rep_cost as part,
        cost_amount as amount

    from costs

),

summed as (

    select
        owner_id,
        month_start,
        cast({{ dbt.last_day('month_start', 'month') }} as date) as month_end,
        count(case when part = 'salary' then 1 end) > 0 as is_pay_known,
        count(case when part = 'signed' then 1 end) as signed_count,
        sum(case when part = 'signed' then amount end) as signed_amount,
        sum(case when part = 'salary' then amount else 0 end) as salary_amount,
        sum(case when part = 'tools' then amount else 0 end) as tools_amount,
        sum(case when part = 'fees' then amount else 0 end) as fees_amount

    from parts

    group by
        owner_id,
        month_start

),

-- The cost of a rep is not known in a month without pay; a rep on unpaid leave is paid 0. A rep who
-- changes team or role within a month ends it in the new one.
final as (

    select
        summed.owner_id,
        owners.owner_name,
        owners.team,
        owners.role,
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

    inner join owners
        on
            summed.owner_id = owners.owner_id
            and summed.month_end >= owners.valid_from
            and summed.month_end <= owners.valid_to

)

select * from final
