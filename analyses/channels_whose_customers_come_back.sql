{#-
    Question   Which channel brings customers who stay?
    Asked by   the head of marketing, before moving next year's budget.

    How to read it
    "Stays" is read from the deals here, as "buys again": of the companies whose first deal was won,
    how many signed another one within a year. `customer_count` is all of them, by the first touch
    of the first won deal's contact; only those won at least a year ago are judged (`judged_count`),
    so that an old channel gains nothing from its age. Below 20 judged customers the share is luck:
    `is_too_few_to_judge`. `later_won_amount` is what they signed after the first deal, at any time.

    What it cannot tell
    A customer who renews in silence is not seen, nor is one who leaves: a channel can look bad here
    because its customers bought all they need at once. For who stays, read the KPI
    customer_retention_rate, dimension `channel`.
-#}
with deals as (

    select * from {{ ref('fct_deals').include(database=false) }}

),

reporting as (

    select max(reporting_date) as reporting_date

    from {{ ref('dim_periods').include(database=false) }}

),

-- A won deal without a company is a customer of its own, as in the mart.
won_deals as (

    select
        deal_id,
        coalesce(company_id, deal_id) as customer_id,
        coalesce(channel, '(none)') as channel,
        closed_date,
        deal_amount,
        is_first_won_deal

    from deals

    where
        is_won
        and closed_date is not null

),

first_wins as (

    select
        customer_id,
        channel,
        deal_id,
        closed_date,
        deal_amount

    from won_deals

    where is_first_won_deal

),

later_wins as (

    select
        customer_id,
        min(closed_date) as second_won_date,
        sum(deal_amount) as later_won_amount

    from won_deals

    where not is_first_won_deal

    group by customer_id

),

joined as (

    select
        first_wins.customer_id,
        first_wins.channel,
        first_wins.deal_amount as first_won_amount,
        first_wins.closed_date as first_won_date,
        later_wins.second_won_date,
        later_wins.later_won_amount,
        reporting.reporting_date

    from first_wins

    cross join reporting

    left join later_wins
        on first_wins.customer_id = later_wins.customer_id

),

customers as (

    select
        customer_id,
        channel,
        first_won_amount,
        later_won_amount,
        {{ dbt.datediff('first_won_date', 'reporting_date', 'day') }}
            as observed_days,
        {{ dbt.datediff('first_won_date', 'second_won_date', 'day') }}
            as days_to_second_win

    from joined

),

by_cut as (

    select
        'all' as channel,
        customer_id,
        first_won_amount,
        later_won_amount,
        observed_days,
        days_to_second_win

    from customers

    union all

    select
        channel,
        customer_id,
        first_won_amount,
        later_won_amount,
        observed_days,
        days_to_second_win

    from customers

),

counted as (

    select
        channel,
        count(customer_id) as customer_count,
        count(case when observed_days >= 365 then customer_id end) as judged_count,
        count(
            case when observed_days >= 365 and days_to_second_win <= 365 then customer_id end
        ) as came_back_count,
        sum(first_won_amount) as first_won_amount,
        coalesce(sum(later_won_amount), 0) as later_won_amount,
        percentile_cont(0.5) within group (order by days_to_second_win)
            as median_days_to_second_win

    from by_cut

    group by channel

),

final as (

    select
        channel,
        customer_count,
        judged_count,
        came_back_count,
        {{ ratio('came_back_count', 'judged_count') }} as came_back_share,
        judged_count < 20 as is_too_few_to_judge,
        median_days_to_second_win,
        first_won_amount,
        later_won_amount

    from counted

)

select * from final

order by
    case when channel = 'all' then 0 else 1 end,
    is_too_few_to_judge asc,
    came_back_share desc nulls last,
    channel asc
