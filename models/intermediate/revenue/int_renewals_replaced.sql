with renewals as (

    select * from {{ ref('int_renewals_summed') }} where left_line_count > 0

),

lines_due as (

    select * from {{ ref('int_renewals_dated') }}

),

prices as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

services as (

    select distinct
        subscription_key,
        line_id,
        customer_id,
        service_number,
        service_from

    from {{ ref('int_subscription_terms_followed') }}

),

-- Lines of the customer that began between the observation and the due day. Those of another
-- subscription take the place of one that would be lost whole, and of no other.
begun as (

    select
        renewals.subscription_key,
        renewals.due_date,
        renewals.term_months,
        renewals.rate_month,
        services.line_id,
        services.service_number,
        case when renewals.subscription_key = services.subscription_key then 0 else 1 end
            as distance

    from renewals

    inner join services
        on
            renewals.customer_id = services.customer_id
            and renewals.observation_date < services.service_from
            and renewals.due_date >= services.service_from

    left join lines_due
        on
            renewals.subscription_key = lines_due.subscription_key
            and renewals.due_date = lines_due.due_date
            and services.line_id = lines_due.line_id

    where
        lines_due.line_id is null
        and (
            renewals.subscription_key = services.subscription_key
            or renewals.renewed_amount <= 0
        )

),

-- One line replaces one renewal: in its own subscription first, then the first one due.
ranked as (

    select
        begun.*,
        row_number() over (
            partition by line_id, service_number
            order by
                distance asc,
                due_date asc,
                subscription_key asc,
                term_months desc
        ) as place

    from begun

),

final as (

    select
        ranked.subscription_key,
        ranked.due_date,
        ranked.term_months,
        sum(
            cast(
                {{ converted('prices.mrr_in_currency', 'conversion_rates.conversion_rate') }}
                as decimal(28, 8)
            )
        ) as replaced_amount

    from ranked

    inner join prices
        on
            ranked.line_id = prices.line_id
            and ranked.due_date >= prices.paid_from
            and (prices.paid_to is null or ranked.due_date <= prices.paid_to)

    inner join conversion_rates
        on
            ranked.rate_month = conversion_rates.month_start
            and prices.currency = conversion_rates.currency

    where ranked.place = 1

    group by
        ranked.subscription_key,
        ranked.due_date,
        ranked.term_months

)

select * from final
