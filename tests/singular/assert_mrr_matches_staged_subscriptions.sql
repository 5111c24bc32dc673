/*
Claim: customers with recurring revenue at the end of a month are those with a staged subscription
line that is paid on that day, and MRR is the sum of those lines: counted here from the staged rows
directly, line by line, without the steps between.
Why it could break: a period lost or doubled between the steps, a trial or a pause that pays, churn
at the request and not at the end of paid service, a month that is cut at the last end of a
subscription, a first bill that was never paid and counts for the days of grace.
Not checked: the currency's rate (taken from the mart), since when arrears without a day last (taken
from the priced periods), discounts of everything before a first bill that failed, and customers
whose lines bring less than nothing together.
*/
{%- set grace = var('past_due_grace_days') %}
with subscriptions as (

    select
        *,
        min(case when subscription_status != 'canceled' then valid_from end) over (
            partition by line_id
        ) as first_not_canceled_from

    from {{ ref('stg_subscriptions') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

balance_days as (

    select
        periods.period_start as month_start,
        least(periods.period_end, periods.reporting_date) as balance_date

    from {{ ref('dim_periods') }} as periods

    where periods.period_grain = 'month'

),

reporting as (

    select max(balance_date) as reporting_date from balance_days

),

-- Lines of which a day was paid for: a day of service at a price, before anything was past due.
paid_lines as (

    select distinct subscriptions.line_id

    from subscriptions

    cross join reporting

    where
        subscriptions.line_type = 'recurring'
        and (
            subscriptions.subscription_status in ('active', 'past_due')
            or (
                subscriptions.subscription_status = 'canceled'
                and coalesce(
                    subscriptions.paid_until >= subscriptions.valid_from,
                    subscriptions.first_not_canceled_from > subscriptions.valid_from,
                    true
                )
            )
        )
        and subscriptions.valid_from <= reporting.reporting_date
        and coalesce(subscriptions.trial_ends_on < reporting.reporting_date, true)
        and coalesce(subscriptions.trial_ends_on < subscriptions.valid_to, true)
        and (
            subscriptions.follows_rejected_status
            or (
                subscriptions.unit_price * (1 - subscriptions.discount_share) > 0
                and subscriptions.quantity > 0
                and (
                    subscriptions.subscription_status != 'past_due'
                    or (
                        subscriptions.past_due_since > subscriptions.valid_from
                        and coalesce(
                            {{ dbt.datediff(
                                'subscriptions.trial_ends_on', 'subscriptions.past_due_since', 'day'
                            ) }} > 1,
                            true
                        )
                    )
                )
            )
        )

),

rates as (

    select distinct
        month_start,
        currency,
        conversion_rate

    from {{ ref('fct_subscription_months') }}

),

priced_days as (

    select distinct
        priced.line_id,
        balance_days.balance_date

    from {{ ref('int_subscription_periods_priced') }} as priced

    inner join balance_days
        on
            priced.paid_from <= balance_days.balance_date
            and balance_days.balance_date <= coalesce(priced.paid_to, balance_days.balance_date)

),

staged as (

    select
        balance_days.month_start,
        coalesce(companies.surviving_company_id, subscriptions.company_id) as customer_id,
        cast(subscriptions.quantity as decimal(28, 4))
        * subscriptions.unit_price
        * case
            when balance_days.balance_date > subscriptions.discount_ends_on then 1
            else 1 - subscriptions.discount_share
        end
        * case subscriptions.billing_interval
            when 'day' then 365.0 / 12
            when 'week' then 52.0 / 12
            when 'month' then 1.0
            when 'quarter' then 1.0 / 3
            else 1.0 / 12
        end
        / subscriptions.interval_count
        * rates.conversion_rate as mrr_amount

    from balance_days

    inner join subscriptions
        on
            balance_days.balance_date >= subscriptions.valid_from
            and balance_days.balance_date
            <= coalesce(subscriptions.valid_to, balance_days.balance_date)

    inner join rates
        on
            balance_days.month_start = rates.month_start
            and subscriptions.currency = rates.currency

    left join companies
        on subscriptions.company_id = companies.company_id

    left join paid_lines
        on subscriptions.line_id = paid_lines.line_id

    left join priced_days
        on
            subscriptions.line_id = priced_days.line_id
            and balance_days.balance_date = priced_days.balance_date

    where
        subscriptions.line_type = 'recurring'
        and coalesce(subscriptions.trial_ends_on < balance_days.balance_date, true)
        and case
            when
                subscriptions.subscription_status = 'canceled'
                and subscriptions.paid_until is null
                and coalesce(
                    subscriptions.first_not_canceled_from > subscriptions.valid_from, true
                )
                then coalesce(
                    subscriptions.valid_to is not null
                    or subscriptions.cancel_requested_on >= balance_days.balance_date,
                    false
                )
            when subscriptions.subscription_status = 'canceled'
                then coalesce(subscriptions.paid_until >= balance_days.balance_date, false)
            when
                subscriptions.cancel_requested_on is not null
                and subscriptions.paid_until < balance_days.balance_date
                then false
            when
                subscriptions.subscription_status = 'past_due'
                and subscriptions.past_due_since is null
                then priced_days.line_id is not null
            when subscriptions.subscription_status = 'past_due'
                then
                    paid_lines.line_id is not null
                    and {{ dbt.datediff(
                        'subscriptions.past_due_since', 'balance_days.balance_date', 'day'
                    ) }} <= {{ grace }}
            else subscriptions.subscription_status = 'active'
        end

),

by_customer as (

    select
        month_start,
        customer_id,
        sum(mrr_amount) as mrr_amount

    from staged

    group by
        month_start,
        customer_id

    having sum(mrr_amount) > 0.000001

),

expected as (

    select
        month_start,
        count(*) as customer_count,
        sum(mrr_amount) as mrr_amount

    from by_customer

    group by month_start

),

found as (

    select
        mrr.period_start as month_start,
        mrr.value as mrr_amount,
        customers.value as customer_count

    from {{ ref('kpi_mrr') }} as mrr

    inner join {{ ref('kpi_active_customers') }} as customers
        on
            mrr.period_grain = customers.period_grain
            and mrr.period_start = customers.period_start
            and mrr.dimension = customers.dimension

    where
        mrr.variant = 'standard'
        and mrr.period_grain = 'month'
        and mrr.dimension = 'all'

)

select
    found.*,
    expected.mrr_amount as expected_mrr_amount,
    expected.customer_count as expected_customer_count

from found

full outer join expected
    on found.month_start = expected.month_start

where
    coalesce(found.customer_count, 0) != coalesce(expected.customer_count, 0)
    or abs(coalesce(found.mrr_amount, 0) - coalesce(expected.mrr_amount, 0)) > 0.01
