with periods as (

    select * from {{ ref('int_subscription_periods_priced') }} where mrr_in_currency > 0

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

paid_days as (

    select
        periods.customer_id,
        reporting.reporting_date,
        min(periods.paid_from) as first_paid_date,
        max(periods.paid_to) as last_paid_date,
        max(
            case
                when periods.paid_to is null or periods.paid_to > reporting.reporting_date then 1
                else 0
            end
        ) as running_order

    from periods

    cross join reporting

    where periods.paid_from <= reporting.reporting_date

    group by
        periods.customer_id,
        reporting.reporting_date

),

-- A customer whose price changes on the day after the report stays.
going_on as (

    select distinct periods.customer_id

    from periods

    inner join paid_days
        on
            periods.customer_id = paid_days.customer_id
            and periods.paid_from
            = cast({{ dbt.dateadd('day', 1, 'paid_days.reporting_date') }} as date)
            and paid_days.last_paid_date = paid_days.reporting_date

),

final as (

    select
        paid_days.customer_id,
        paid_days.first_paid_date,
        case
            when paid_days.running_order = 0 and going_on.customer_id is null
                then paid_days.last_paid_date
        end as last_paid_date

    from paid_days

    left join going_on
        on paid_days.customer_id = going_on.customer_id

)

select * from final
