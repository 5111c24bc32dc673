{%- set grace = var('past_due_grace_days') -%}
with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- Two ways of telling a status: a source with history begins a new period when it changes, so that
-- it holds from that day on; one without stamps today's status on the whole life of the line. A
-- status is stamped if no earlier period of the line has another one.
with_status_before as (

    select
        subscriptions.*,
        sum(case when subscription_status != 'canceled' then 1 else 0 end) over (
            partition by line_id
            order by valid_from asc
            rows between unbounded preceding and current row
        ) = 0 and not coalesce(follows_rejected_status, false) as is_canceled_all_along,
        sum(case when subscription_status != 'past_due' then 1 else 0 end) over (
            partition by line_id
            order by valid_from asc
            rows between unbounded preceding and current row
        ) + case when follows_rejected_status then 1 else 0 end as status_count_before

    from subscriptions

),

-- The periods of one arrears, from the day on which it could begin: after a trial.
arrears as (

    select
        with_status_before.line_id,
        with_status_before.status_count_before,
        with_status_before.valid_from,
        with_status_before.billing_interval,
        with_status_before.interval_count,
        least(with_status_before.valid_to, reporting.reporting_date) as known_until,
        min(
            greatest(
                with_status_before.valid_from,
                cast({{ dbt.dateadd('day', 1, 'with_status_before.trial_ends_on') }} as date)
            )
        ) over (
            partition by with_status_before.line_id, with_status_before.status_count_before
        ) as arrears_from,
        row_number() over (
            partition by with_status_before.line_id, with_status_before.status_count_before
            order by
                case
                    when with_status_before.valid_from <= reporting.reporting_date then 0 else 1
                end asc,
                with_status_before.valid_from desc
        ) as period_rank

    from with_status_before

    cross join reporting

    where with_status_before.subscription_status = 'past_due'

),

-- Billing intervals are counted from there: how many have begun when the status was last known.
intervals_begun as (

    select
        line_id,
        status_count_before,
        arrears_from,
        known_until,
        case when billing_interval in ('day', 'week') then 'days' else 'months' end as unit,
        case billing_interval
            when 'week' then 7
            when 'quarter' then 3
            when 'year' then 12
            else 1
        end * interval_count as unit_count,
        {{ dbt.datediff('arrears_from', 'known_until', 'day') }} as days_known,
        {{ dbt.datediff('arrears_from', 'known_until', 'month') }} as months_known

    from arrears

    where period_rank = 1

),

interval_steps as (

    select
        intervals_begun.*,
        cast(
            floor(
                cast(
                    greatest(case when unit = 'days' then days_known else months_known end, 0)
                    as decimal(18, 4)
                ) / unit_count
            ) * unit_count as integer
        ) as step

    from intervals_begun

),

-- Where the day in the month is not reached yet, the interval of that month has not begun.
last_intervals as (

    select
        line_id,
        status_count_before,
        arrears_from,
        case
            when unit = 'days'
                then cast({{ dbt.dateadd('day', 'step', 'arrears_from') }} as date)
            when
                step = 0
                or cast({{ dbt.dateadd('month', 'step', 'arrears_from') }} as date) <= known_until
                then cast({{ dbt.dateadd('month', 'step', 'arrears_from') }} as date)
            else
                cast({{ dbt.dateadd('month', '(step - unit_count)', 'arrears_from') }} as date)
        end as last_interval_from

    from interval_steps

),

-- Without a day a status that began with the period is past due since then. One that is stamped on
-- the line is so since the bill of the last interval: those before it were paid, or the line would
-- have been stopped; counted from the beginning, a year of payments would vanish.
with_arrears as (

    select
        with_status_before.*,
        coalesce(
            with_status_before.past_due_since,
            case
                when with_status_before.status_count_before > 0 then last_intervals.arrears_from
                else last_intervals.last_interval_from
            end
        ) as overdue_from

    from with_status_before

    left join last_intervals
        on
            with_status_before.line_id = last_intervals.line_id
            and with_status_before.status_count_before = last_intervals.status_count_before

),

-- What is sold once, set up once or metered is no recurring revenue; a trial or a pause pays
-- nothing.
recurring as (

    select
        subscriptions.*,
        -- Whose company the CRM does not know is a customer all the same.
        coalesce(companies.surviving_company_id, subscriptions.company_id) as customer_id,
        coalesce(plans.plan_name, {{ given_id('subscriptions.plan_id') }}, '(none)') as plan,
        coalesce(plans.product_family = 'add_on', false) as is_add_on

    from with_arrears as subscriptions

    left join companies
        on subscriptions.company_id = companies.company_id

    left join plans
        on subscriptions.plan_id = plans.plan_id

    where
        subscriptions.line_type = 'recurring'
        and subscriptions.subscription_status in ('active', 'past_due', 'canceled')

),

-- The days on which the period is paid for, both inside it. Service that was paid for counts to its
-- end, whenever the cancellation was asked for; who is past due counts for some days more. A line
-- that is stamped as canceled was paid to the end of its period, or else to the day of the
-- cancellation; without any such day nobody knows how long, and it is not counted. Time after a
-- cancellation that began with its period is paid for only as far as `paid_until` says.
paid as (

    select
        recurring.*,
        greatest(
            valid_from,
            cast({{ dbt.dateadd('day', 1, 'trial_ends_on') }} as date)
        ) as paid_from,
        least(
            valid_to,
            case
                when paid_until is null and subscription_status = 'canceled' and valid_to is null
                    then cancel_requested_on
                when subscription_status = 'canceled' or cancel_requested_on is not null
                    then paid_until
            end,
            case
                when subscription_status = 'past_due'
                    then cast(
                        {{ dbt.dateadd('day', grace, 'overdue_from') }}
                        as date
                    )
            end
        ) as paid_to

    from recurring

    where
        subscription_status != 'canceled'
        or paid_until is not null
        or (is_canceled_all_along and coalesce(valid_to, cancel_requested_on) is not null)

),

-- A discount that ends inside the period divides it.
price_steps as (

    select true as is_discounted

    union all

    select false as is_discounted

),

stepped as (

    select
        paid.*,
        price_steps.is_discounted,
        case
            when price_steps.is_discounted or paid.discount_share = 0 then paid.paid_from
            else greatest(
                paid.paid_from,
                cast({{ dbt.dateadd('day', 1, 'paid.discount_ends_on') }} as date)
            )
        end as step_from,
        case
            when price_steps.is_discounted then least(paid.paid_to, paid.discount_ends_on)
            else paid.paid_to
        end as step_to,
        cast(
            cast(paid.quantity as decimal(28, 4)) * paid.unit_price
            * (1 - case when price_steps.is_discounted then paid.discount_share else 0 end)
            as decimal(28, 8)
        ) as interval_price,
        cast(
            cast(paid.quantity as decimal(28, 4))
            * coalesce(paid.list_unit_price, paid.unit_price) as decimal(28, 8)
        ) as interval_list_price,
        case paid.billing_interval when 'week' then 52 when 'day' then 365 else 1 end
            as months_divided_by,
        case
            when paid.billing_interval = 'month' then 1
            when paid.billing_interval = 'quarter' then 3
            else 12
        end * paid.interval_count as months_per_interval

    from paid

    cross join price_steps

    -- Without an end the discount lasts as long as the period; without a discount there is one
    -- step.
    where
        case
            when paid.discount_share = 0 then not price_steps.is_discounted
            else price_steps.is_discounted or paid.discount_ends_on is not null
        end

),

final as (

    select
        source_system,
        input_row_id,
        subscription_id,
        line_id,
        customer_id,
        deal_id,
        plan_id,
        plan,
        is_add_on,
        currency,
        quantity,
        step_from as paid_from,
        step_to as paid_to,
        cast(interval_price * months_divided_by / months_per_interval as decimal(28, 8))
            as mrr_in_currency,
        cast(interval_list_price * months_divided_by / months_per_interval as decimal(28, 8))
            as list_mrr_in_currency

    from stepped

    where
        step_to is null
        or step_from <= step_to

)

select * from final
