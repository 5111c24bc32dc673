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

-- A line leaves that its customer asked to cancel, or that another contract follows.
final as (

    select
        read_lines.*,
        cancel_asked_date is not null or is_replaced as is_leaving,
        case
            when cancel_asked_date is not null or is_replaced then 'leaving'
            when is_running then 'running'
            else 'not_started'
        end as contract_status,
        cast(
            {{ converted('mrr_in_currency', 'conversion_rate') }} as decimal(28, 8)
        ) as line_mrr_amount

    from read_lines

)

select * from final
