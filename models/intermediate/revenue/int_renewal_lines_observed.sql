with renewals as (

    select * from {{ ref('int_renewals_dated') }}

),

terms as (

    select * from {{ ref('int_subscription_terms_followed') }}

),

prices as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

months as (

    select
        min(month_start) as first_month,
        max(month_start) as last_month

    from {{ ref('int_months') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

-- The rate of the month's end before, at which MRR that is lost is counted; today's for what is to
-- come.
rate_months as (

    select
        renewals.*,
        case
            when renewals.is_coming then months.last_month
            else greatest(
                months.first_month,
                cast(
                    {{ dbt.dateadd(
                        'month', -1, dbt.date_trunc('month', 'renewals.due_date')
                    ) }} as date
                )
            )
        end as rate_month

    from renewals

    cross join months

),

-- Signs are read in the row that held on the day of observation. A day that lies after it was not
-- known then, whatever row it stands in.
final as (

    select
        rate_months.*,
        terms.source_system,
        terms.plan,
        terms.is_add_on,
        case
            when terms.cancel_requested_on <= rate_months.observation_date
                then terms.cancel_requested_on
        end as cancel_asked_date,
        case
            when
                terms.subscription_status = 'past_due'
                and terms.unpaid_from <= rate_months.observation_date
                then terms.unpaid_from
        end as past_due_date,
        prices.currency,
        prices.mrr_in_currency,
        conversion_rates.conversion_rate,
        cast(
            {{ converted('prices.mrr_in_currency', 'conversion_rates.conversion_rate') }}
            as decimal(28, 8)
        ) as mrr_amount

    from rate_months

    inner join terms
        on
            rate_months.line_id = terms.line_id
            and rate_months.observation_date >= terms.paid_from
            and (terms.paid_to is null or rate_months.observation_date <= terms.paid_to)

    inner join prices
        on
            rate_months.line_id = prices.line_id
            and rate_months.observation_date >= prices.paid_from
            and (prices.paid_to is null or rate_months.observation_date <= prices.paid_to)

    inner join conversion_rates
        on
            rate_months.rate_month = conversion_rates.month_start
            and prices.currency = conversion_rates.currency

)

select * from final
