with quotas as (

    select * from {{ ref('stg_quotas') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

quarters as (

    select
        quotas.owner_id,
        cast({{ dbt.date_trunc('month', 'quotas.quarter_start') }} as date) as quarter_start,
        {{ in_reporting_currency('quotas.quota_amount', 'currency_rates') }} as quota_amount

    from quotas

    left join currency_rates
        on quotas.currency = currency_rates.currency

),

months as (

    select 0 as month_number

    union all

    select 1 as month_number

    union all

    select 2 as month_number

),

months_of_quarters as (

    select
        quarters.owner_id,
        cast({{ dbt.dateadd('month', 'months.month_number', 'quarters.quarter_start') }} as date)
            as month_start,
        months.month_number,
        quarters.quota_amount,
        cast(quarters.quota_amount / 3 as decimal(28, 8)) as third_amount

    from quarters

    cross join months

),

-- A rep who changes team within a month ends it in the new one.
ended as (

    select
        *,
        cast({{ dbt.last_day('month_start', 'month') }} as date) as month_end

    from months_of_quarters

),

final as (

    select
        ended.owner_id,
        owners.owner_name,
        owners.team,
        ended.month_start,
        -- The last month takes the remainder of rounding.
        cast(
            case ended.month_number
                when 2 then ended.quota_amount - 2 * ended.third_amount
                else ended.third_amount
            end as decimal(28, 8)
        ) as quota_amount

    from ended

    left join owners
        on
            ended.owner_id = owners.owner_id
            and ended.month_end >= owners.valid_from
            and ended.month_end <= owners.valid_to

)

select * from final
