with subscriptions as (

    select * from {{ ref('int_subscription_statuses_compared') }} where line_type = 'recurring'

),

prices as (

    select * from {{ ref('int_subscription_periods_priced') }} where mrr_in_currency > 0

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

-- A line that was canceled in its trial may be served until it ends.
served as (

    select
        subscriptions.*,
        reporting.reporting_date,
        coalesce(subscriptions.subscription_id, subscriptions.line_id) as trial_id,
        case
            when
                subscriptions.subscription_status != 'canceled'
                or subscriptions.is_canceled_all_along
                then coalesce(subscriptions.valid_to, cast('{{ var("calendar_end") }}' as date))
        end as served_to

    from subscriptions

    cross join reporting

    where subscriptions.valid_from <= reporting.reporting_date

),

tried as (

    select distinct line_id

    from served

    where
        subscription_status = 'trialing'
        or trial_ends_on is not null

),

-- The last day of a trial is known from its own day, or from the status.
trial_lines as (

    select
        served.trial_id,
        served.line_id,
        served.reporting_date,
        min(
            case
                when
                    served.subscription_status = 'trialing'
                    or served.trial_ends_on >= served.valid_from
                    then served.valid_from
            end
        ) as started_date,
        coalesce(
            max(served.trial_ends_on),
            max(case when served.subscription_status = 'trialing' then served.served_to end)
        ) as trial_ends_on,
        max(served.served_to) as served_to

    from served

    inner join tried
        on served.line_id = tried.line_id

    group by
        served.trial_id,
        served.line_id,
        served.reporting_date

),

-- A price that came later than a trial that was converted does not matter: the first day does.
paid_lines as (

    select
        trial_lines.line_id,
        min(prices.paid_from) as first_paid_date

    from trial_lines

    inner join prices
        on
            trial_lines.line_id = prices.line_id
            and trial_lines.reporting_date >= prices.paid_from
            and coalesce(trial_lines.started_date <= prices.paid_from, true)

    group by trial_lines.line_id

),

-- Lines of one subscription that are tried together are one trial.
trials as (

    select
        trial_lines.trial_id,
        trial_lines.reporting_date,
        min(trial_lines.started_date) as started_date,
        max(least(trial_lines.trial_ends_on, trial_lines.served_to)) as trial_ends_on,
        min(paid_lines.first_paid_date) as first_paid_date

    from trial_lines

    left join paid_lines
        on trial_lines.line_id = paid_lines.line_id

    group by
        trial_lines.trial_id,
        trial_lines.reporting_date

),

first_rows as (

    select
        served.*,
        row_number() over (partition by served.line_id order by served.valid_from asc) as place

    from served

    inner join trial_lines
        on served.line_id = trial_lines.line_id

),

-- The plan is that with which a line began, of several lines the first and most expensive one's.
ranked_rows as (

    select
        first_rows.trial_id,
        coalesce(companies.surviving_company_id, first_rows.company_id) as customer_id,
        coalesce(plans.plan_name, {{ given_id('first_rows.plan_id') }}, '(none)') as plan,
        row_number() over (
            partition by first_rows.trial_id
            order by
                case when plans.product_family = 'add_on' then 1 else 0 end asc,
                first_rows.valid_from asc,
                first_rows.quantity * first_rows.unit_price desc nulls last,
                first_rows.line_id asc
        ) as plan_rank

    from first_rows

    left join companies
        on first_rows.company_id = companies.company_id

    left join plans
        on first_rows.plan_id = plans.plan_id

    where first_rows.place = 1

),

-- A customer who pays before the last day of the trial has ended it.
ended as (

    select
        trials.*,
        least(
            trials.trial_ends_on,
            cast({{ dbt.dateadd('day', -1, 'trials.first_paid_date') }} as date)
        ) as ended_date

    from trials

),

final as (

    select
        ended.trial_id,
        ranked_rows.customer_id,
        ranked_rows.plan,
        ended.started_date,
        case when ended.ended_date < ended.reporting_date then ended.ended_date end as ended_date,
        ended.first_paid_date

    from ended

    inner join ranked_rows
        on ended.trial_id = ranked_rows.trial_id

    where ranked_rows.plan_rank = 1

)

select * from final
