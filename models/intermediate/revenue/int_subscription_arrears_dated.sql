with subscriptions as (

    select * from {{ ref('int_subscription_statuses_compared') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- The periods of one arrears, from the day on which it could begin: after a trial.
arrears as (

    select
        subscriptions.line_id,
        subscriptions.status_count_before,
        subscriptions.valid_from,
        subscriptions.billing_interval,
        subscriptions.interval_count,
        least(subscriptions.valid_to, reporting.reporting_date) as known_until,
        min(
            greatest(
                subscriptions.valid_from,
                cast({{ dbt.dateadd('day', 1, 'subscriptions.trial_ends_on') }} as date)
            )
        ) over (
            partition by subscriptions.line_id, subscriptions.status_count_before
        ) as arrears_from,
        row_number() over (
            partition by subscriptions.line_id, subscriptions.status_count_before
            order by
                case
                    when subscriptions.valid_from <= reporting.reporting_date then 0 else 1
                end asc,
                subscriptions.valid_from desc
        ) as period_rank

    from subscriptions

    cross join reporting

    where subscriptions.subscription_status = 'past_due'

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
                {{ divide(
                    "greatest(case when unit = 'days' then days_known else months_known end, 0)",
                    'unit_count'
                ) }}
            ) * unit_count as integer
        ) as step

    from intervals_begun

),

-- Where the day in the month is not reached yet, the interval of that month has not begun.
final as (

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

)

select * from final
