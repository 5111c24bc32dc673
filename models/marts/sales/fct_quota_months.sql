with quotas as (

    select * from {{ ref('stg_quotas') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

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

final as (

    select
        months_of_quarters.owner_id,
        owners.owner_name,
        owners.team,
        months_of_quarters.month_start,
        -- The last month takes the remainder of rounding.
        cast(
            case months_of_quarters.month_number
                when 2 then months_of_quarters.quota_amount - 2 * months_of_quarters.third_amount
                else months_of_quarters.third_amount
            end as decimal(28, 8)
        ) as quota_amount

    from months_of_quarters

    left join owners
        on months_of_quarters.owner_id = owners.owner_id

)

select * from final
