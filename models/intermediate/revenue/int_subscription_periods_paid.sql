{%- set grace = var('past_due_grace_days') -%}
with subscriptions as (

    select * from {{ ref('int_subscription_statuses_compared') }}

),

arrears as (

    select * from {{ ref('int_subscription_arrears_dated') }}

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

-- Without a day a status that began with the period is past due since then. One that is stamped on
-- the line is so since the bill of the last interval: those before it were paid, or the line would
-- have been stopped; counted from the beginning, a year of payments would vanish.
with_arrears as (

    select
        subscriptions.*,
        coalesce(
            subscriptions.past_due_since,
            case
                when subscriptions.status_count_before > 0 then arrears.arrears_from
                else arrears.last_interval_from
            end
        ) as overdue_from

    from subscriptions

    left join arrears
        on
            subscriptions.line_id = arrears.line_id
            and subscriptions.status_count_before = arrears.status_count_before

),

-- One-off items, set-up fees and metered use are no recurring revenue; a trial or a pause pays
-- nothing.
recurring as (

    select
        subscriptions.*,
        -- A customer whose company the CRM does not know still counts.
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

-- The days before the first bill that was not paid: was anything paid for on one of them? What is
-- free proves no payment. The status of a row that the gate set aside is not known, so that it may.
with_payments as (

    select
        paid.*,
        case
            when paid.follows_rejected_status then 1
            when paid.quantity <= 0 or paid.unit_price <= 0 then 0
            when paid.discount_share >= 1 and paid.discount_ends_on is null then 0
            when
                greatest(
                    paid.paid_from,
                    case
                        when paid.discount_share >= 1
                            then cast({{ dbt.dateadd('day', 1, 'paid.discount_ends_on') }} as date)
                    end
                ) <= least(
                    paid.paid_to,
                    reporting.reporting_date,
                    case
                        when paid.subscription_status = 'past_due'
                            then cast({{ dbt.dateadd('day', -1, 'paid.overdue_from') }} as date)
                    end
                )
                then 1
            else 0
        end as has_payment

    from paid

    cross join reporting

),

judged as (

    select
        *,
        max(has_payment) over (partition by line_id) = 1 as was_ever_paid

    from with_payments

),

-- A line that is past due from its first bill on, and was never paid, has not begun.
final as (

    select *

    from judged

    where
        (paid_to is null or paid_from <= paid_to)
        and (was_ever_paid or subscription_status != 'past_due')

)

select * from final
