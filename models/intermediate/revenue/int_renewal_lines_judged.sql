-- A coming renewal has no day on which it was renewed, and a price without an end has a far one: an
-- `or` in the join would compare every line with every price.
with lines_observed as (

    select
        *,
        case when not is_coming then due_date end as renewed_date

    from {{ ref('int_renewal_lines_observed') }}

),

prices as (

    select
        *,
        coalesce(paid_to, cast('{{ var("calendar_end") }}' as date)) as priced_until

    from {{ ref('int_subscription_periods_priced') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- The line's amount on the day that it is due, at the rate of its amount before.
on_due_day as (

    select
        lines_observed.*,
        prices.line_id is not null as runs_on_due_day,
        cast(
            {{ converted('prices.mrr_in_currency', 'conversion_rates.conversion_rate') }}
            as decimal(28, 8)
        ) as due_day_amount,
        reporting.reporting_date

    from lines_observed

    cross join reporting

    left join prices
        on
            lines_observed.line_id = prices.line_id
            and lines_observed.renewed_date >= prices.paid_from
            and lines_observed.renewed_date <= prices.priced_until

    left join conversion_rates
        on
            lines_observed.rate_month = conversion_rates.month_start
            and prices.currency = conversion_rates.currency

),

-- A line that is past due counts for some days of grace, over the due day too. If it ends so before
-- its next renewal was looked at, it is this renewal that was never paid.
judged as (

    select
        on_due_day.*,
        not is_coming
        and (
            not runs_on_due_day
            or (
                ends_unpaid
                and is_last_of_service
                and service_to < reporting_date
                and service_to >= due_date
            )
        ) as has_left

    from on_due_day

),

final as (

    select
        source_system,
        subscription_key,
        line_id,
        customer_id,
        due_date,
        observation_date,
        is_coming,
        term_months,
        plan,
        is_add_on,
        cancel_asked_date,
        past_due_date,
        rate_month,
        mrr_amount,
        case when not is_coming then has_left end as has_left,
        case
            when has_left then 0
            when not is_coming then due_day_amount
        end as renewed_amount,
        case when has_left then cast({{ dbt.dateadd('day', 1, 'service_to') }} as date) end
            as left_date,
        case when has_left then ends_unpaid end as has_left_unpaid

    from judged

)

select * from final
