{%- set min_cases = var('min_forecast_cases') -%}
-- Leads of each month, times the share that became customers so many months later, times the amount
-- won for each of them.
with months as (

    select * from {{ ref('int_forecast_months') }}

),

origins as (

    select * from {{ ref('int_forecast_origins') }}

),

leads as (

    select * from {{ ref('int_forecast_leads') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

cohorts as (

    select
        lead_month_number,
        count(contact_id) as lead_count

    from leads

    group by lead_month_number

),

conversions as (

    select
        lead_month_number,
        customer_month_number,
        count(contact_id) as customer_count

    from leads

    where customer_month_number is not null

    group by
        lead_month_number,
        customer_month_number

),

-- The lags of up to two years.
numbered as (

    select
        fiscal_month_number,
        min(fiscal_month_number) over () as first_month_number

    from {{ ref('int_fiscal_months') }}

),

lags as (

    select cast(fiscal_month_number - first_month_number as integer) as lag_months

    from numbered

    where fiscal_month_number - first_month_number <= 24

),

shown as (

    select
        cohorts.lead_month_number,
        lags.lag_months,
        cohorts.lead_count,
        coalesce(conversions.customer_count, 0) as customer_count

    from cohorts

    cross join lags

    left join conversions
        on
            cohorts.lead_month_number = conversions.lead_month_number
            and cohorts.lead_month_number + lags.lag_months = conversions.customer_month_number

),

-- Only months that were over tell how many of their leads had converted.
curves as (

    select
        origins.origin_date,
        origins.origin_month_number,
        shown.lag_months,
        cast({{ ratio('sum(shown.customer_count)', 'sum(shown.lead_count)') }} as decimal(9, 8))
            as customer_rate

    from origins

    inner join shown
        on origins.origin_month_number > shown.lead_month_number + shown.lag_months

    group by
        origins.origin_date,
        origins.origin_month_number,
        shown.lag_months

),

-- The months to come are taken to bring as many leads as the last three.
future_leads as (

    select
        origins.origin_date,
        {{ ratio('sum(cohorts.lead_count)', '3') }} as lead_count

    from origins

    inner join cohorts
        on
            origins.origin_month_number > cohorts.lead_month_number
            and origins.origin_month_number - 3 <= cohorts.lead_month_number

    group by origins.origin_date

),

month_numbers as (

    select distinct
        origin_date,
        origin_month_number,
        month_number

    from months

),

of_past_leads as (

    select
        month_numbers.origin_date,
        month_numbers.month_number,
        sum(cast(cohorts.lead_count as decimal(28, 0)) * curves.customer_rate) as customer_count

    from month_numbers

    inner join cohorts
        on month_numbers.origin_month_number > cohorts.lead_month_number

    inner join curves
        on
            month_numbers.origin_date = curves.origin_date
            and month_numbers.month_number - cohorts.lead_month_number = curves.lag_months

    group by
        month_numbers.origin_date,
        month_numbers.month_number

),

of_future_leads as (

    select
        month_numbers.origin_date,
        month_numbers.month_number,
        sum(cast(future_leads.lead_count as decimal(28, 8)) * curves.customer_rate)
            as customer_count

    from month_numbers

    inner join future_leads
        on month_numbers.origin_date = future_leads.origin_date

    inner join curves
        on
            month_numbers.origin_date = curves.origin_date
            and month_numbers.month_number - month_numbers.origin_month_number
            >= curves.lag_months

    group by
        month_numbers.origin_date,
        month_numbers.month_number

),

-- Amount for each new customer: all that was won in the last twelve months counts.
past_customers as (

    select
        origins.origin_date,
        sum(conversions.customer_count) as customer_count

    from origins

    inner join conversions
        on
            origins.origin_month_number > conversions.customer_month_number
            and origins.origin_month_number - 12 <= conversions.customer_month_number

    group by origins.origin_date

),

past_wins as (

    select
        origins.origin_date,
        wins.team,
        sum(wins.won_amount) as won_amount

    from origins

    inner join wins
        on
            origins.origin_month_number > wins.month_number
            and origins.origin_month_number - 12 <= wins.month_number

    group by
        origins.origin_date,
        wins.team

),

known_wins as (

    select distinct origin_date from past_wins where won_amount is not null

),

final as (

    select
        months.origin_date,
        months.month_start,
        months.team,
        'lead_driven' as forecast_method,
        case
            when
                past_customers.customer_count >= {{ min_cases }}
                and known_wins.origin_date is not null
                then cast(
                    cast(
                        coalesce(of_past_leads.customer_count, 0)
                        + coalesce(of_future_leads.customer_count, 0) as {{ type_double() }}
                    )
                    * cast(coalesce(past_wins.won_amount, 0) as {{ type_double() }})
                    / cast(past_customers.customer_count as {{ type_double() }})
                    * cast(months.rest_share as {{ type_double() }}) as decimal(28, 8)
                )
        end as rest_amount

    from months

    left join past_customers
        on months.origin_date = past_customers.origin_date

    left join known_wins
        on months.origin_date = known_wins.origin_date

    left join past_wins
        on
            months.origin_date = past_wins.origin_date
            and months.team = past_wins.team

    left join of_past_leads
        on
            months.origin_date = of_past_leads.origin_date
            and months.month_number = of_past_leads.month_number

    left join of_future_leads
        on
            months.origin_date = of_future_leads.origin_date
            and months.month_number = of_future_leads.month_number

)

select * from final
