with balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

signed_lines as (

    select * from {{ ref('int_subscription_lines_signed') }}

),

periods as (

    select * from {{ ref('int_contract_periods_dated') }}

),

prices as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

months as (

    select * from {{ ref('int_months') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

-- A line that runs is read on the month's last day, one that is signed and has not begun on its
-- first.
read_on as (

    select
        line_id,
        month_start,
        balance_date,
        balance_date as read_date,
        true as is_running

    from balances

    union all

    select
        signed_lines.line_id,
        months.month_start,
        months.balance_date,
        signed_lines.service_from as read_date,
        false as is_running

    from signed_lines

    inner join months
        on
            signed_lines.signed_date <= months.balance_date
            and signed_lines.service_from > months.balance_date

),

-- The first day on which a customer signed a line that begins on a day.
successors as (

    select
        customer_id,
        service_from,
        min(signed_date) as signed_date

    from signed_lines

    group by
        customer_id,
        service_from

),

read_lines as (

    select
        read_on.month_start,
        read_on.balance_date,
        read_on.is_running,
        signed_lines.signed_date,
        periods.term_months,
        periods.terms_from,
        periods.service_from,
        periods.service_to,
        periods.agreed_to,
        -- A day that lies after the month's end was not known then, whatever row it stands in.
        case
            when periods.cancel_requested_on <= read_on.balance_date
                then periods.cancel_requested_on
            when periods.last_cancel_requested_on <= read_on.balance_date
                then periods.last_cancel_requested_on
        end as cancel_asked_date,
        -- A contract that follows without a day between takes the place of the one that ends.
        coalesce(successors.signed_date <= read_on.balance_date, false) as is_replaced,
        prices.subscription_id,
        prices.line_id,
        prices.customer_id,
        prices.deal_id,
        prices.plan,
        prices.is_add_on,
        prices.currency,
        prices.mrr_in_currency,
        prices.full_mrr_in_currency,
        prices.discounted_until,
        conversion_rates.conversion_rate

    from read_on

    inner join periods
        on
            read_on.line_id = periods.line_id
            and read_on.read_date >= periods.paid_from
            and (periods.paid_to is null or read_on.read_date <= periods.paid_to)

    inner join prices
        on
            read_on.line_id = prices.line_id
            and read_on.read_date >= prices.paid_from
            and (prices.paid_to is null or read_on.read_date <= prices.paid_to)

    inner join conversion_rates
        on
            read_on.month_start = conversion_rates.month_start
            and prices.currency = conversion_rates.currency

    left join signed_lines
        on read_on.line_id = signed_lines.line_id

    left join successors
        on
            periods.customer_id = successors.customer_id
            and {{ day_after('periods.service_to') }} = successors.service_from

),

judged as (

    select
        read_lines.*,
        cancel_asked_date is not null or is_replaced as is_leaving,
        cast(
            {{ converted('mrr_in_currency', 'conversion_rate') }} as decimal(28, 8)
        ) as line_mrr_amount,
        cast({{ dbt.datediff('terms_from', 'balance_date', 'month') }} as integer) as months_run

    from read_lines

),

-- The term that runs at the month's end; the first one of a line that has not begun.
whole_terms as (

    select
        judged.*,
        case when is_running then months_run - mod(months_run, term_months) else 0 end as last_step

    from judged

),

next_steps as (

    select
        whole_terms.*,
        case
            when
                last_step > 0
                and cast({{ dbt.dateadd('month', 'last_step', 'terms_from') }} as date)
                > balance_date
                then last_step
            else last_step + term_months
        end as step

    from whole_terms

),

termed as (

    select
        next_steps.*,
        cast({{ dbt.dateadd('month', 'step', 'terms_from') }} as date) as next_term_from

    from next_steps

),

-- After notice, and where a signed contract follows, service ends with what is paid for.
final as (

    select
        month_start,
        balance_date,
        subscription_id,
        line_id,
        customer_id,
        deal_id,
        plan,
        is_add_on,
        currency,
        case
            when is_running and not is_leaving then 'running'
            when is_leaving then 'leaving'
            else 'not_started'
        end as contract_status,
        is_running,
        signed_date,
        service_from,
        cancel_asked_date,
        term_months,
        terms_from,
        greatest(balance_date, cast({{ dbt.dateadd('day', -1, 'terms_from') }} as date))
            as served_until,
        cast(
            {{ dbt.dateadd('day', -1, dbt.dateadd('month', 12, day_after('balance_date'))) }}
            as date
        ) as year_ends_on,
        case
            when is_leaving and service_to is not null then service_to
            when not is_leaving and agreed_to is not null then agreed_to
            else cast({{ dbt.dateadd('day', -1, 'next_term_from') }} as date)
        end as contracted_until,
        mrr_in_currency,
        full_mrr_in_currency,
        discounted_until,
        conversion_rate,
        line_mrr_amount

    from termed

)

select * from final
