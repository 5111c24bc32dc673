{#- Later than any day of the data: the forecast that a rep submitted last still holds. -#}
{%- set last_day = "cast('" ~ var('calendar_end') ~ "' as date)" -%}
with submitted as (

    select * from {{ ref('stg_submitted_forecasts') }}

),

origins as (

    select * from {{ ref('int_forecast_origins') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

owners as (

    select * from {{ ref('stg_owners') }}

),

owner_periods as (

    select
        *,
        coalesce(valid_to, {{ last_day }}) as last_date

    from {{ ref('stg_owner_periods') }}

),

replaced as (

    select
        submitted.owner_id,
        submitted.month_start,
        submitted.category,
        submitted.submitted_on,
        {{ in_reporting_currency('submitted.forecast_amount', 'currency_rates') }}
            as forecast_amount,
        coalesce(
            lead(submitted.submitted_on) over (
                partition by submitted.owner_id, submitted.month_start, submitted.category
                order by submitted.submitted_on asc
            ),
            {{ last_day }}
        ) as replaced_on

    from submitted

    left join currency_rates
        on submitted.currency = currency_rates.currency

),

-- A rep stands for the commit; the best case counts for one who gave nothing else.
known as (

    select
        origins.origin_date,
        origins.as_of_date,
        replaced.owner_id,
        replaced.month_start,
        replaced.submitted_on,
        replaced.forecast_amount,
        row_number() over (
            partition by origins.origin_date, replaced.owner_id, replaced.month_start
            order by case replaced.category when 'commit' then 1 else 2 end
        ) as category_rank

    from origins

    inner join replaced
        on
            origins.origin_month <= replaced.month_start
            and origins.as_of_date >= replaced.submitted_on
            and origins.as_of_date < replaced.replaced_on

),

final as (

    select
        known.origin_date,
        known.owner_id,
        coalesce(owner_periods.team, owners.team, '(none)') as team,
        known.month_start,
        known.submitted_on,
        known.forecast_amount

    from known

    left join owners
        on known.owner_id = owners.owner_id

    left join owner_periods
        on
            known.owner_id = owner_periods.owner_id
            and known.as_of_date >= owner_periods.valid_from
            and known.as_of_date <= owner_periods.last_date

    where known.category_rank = 1

)

select * from final
