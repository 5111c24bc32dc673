with terms as (

    select * from {{ ref('int_subscription_terms_followed') }}

),

periods as (

    select * from {{ ref('int_subscription_periods_paid') }}

),

last_periods as (

    select
        line_id,
        max(valid_from) as last_valid_from

    from {{ ref('stg_subscriptions') }}

    group by line_id

),

with_conditions as (

    select
        terms.line_id,
        terms.customer_id,
        terms.paid_from,
        terms.paid_to,
        terms.term_months,
        terms.terms_from,
        terms.service_number,
        terms.service_from,
        terms.service_to,
        terms.cancel_requested_on,
        coalesce(periods.plan_id, '')
        || ' ' || cast(periods.quantity as {{ dbt.type_string() }})
        || ' ' || cast(periods.unit_price as {{ dbt.type_string() }})
        || ' ' || cast(periods.discount_share as {{ dbt.type_string() }})
        || ' ' || periods.currency
        || ' ' || cast(periods.interval_count as {{ dbt.type_string() }})
        || ' ' || periods.billing_interval as conditions,
        case
            when
                periods.valid_from = last_periods.last_valid_from
                and periods.subscription_status = 'active'
                and periods.valid_to = periods.paid_to
                then periods.valid_to
        end as line_ends_on

    from terms

    inner join periods
        on
            terms.line_id = periods.line_id
            and terms.paid_from = periods.paid_from

    inner join last_periods
        on terms.line_id = last_periods.line_id

),

compared as (

    select
        with_conditions.*,
        case
            when
                conditions = lag(conditions) over (
                    partition by line_id, service_number order by paid_from asc
                )
                then 0
            else 1
        end as conditions_begin,
        row_number() over (
            partition by line_id, service_number order by paid_from desc
        ) as places_to_last

    from with_conditions

),

counted as (

    select
        compared.*,
        sum(conditions_begin) over (
            partition by line_id, service_number
            order by paid_from asc
            rows between unbounded preceding and current row
        ) as conditions_number

    from compared

),

last_of_service as (

    select * from counted where places_to_last = 1

),

-- An end that the last period of a line names, without anybody having asked to leave, was agreed
-- when its conditions were. An end that another period follows was a change, which nobody knew of.
final as (

    select
        counted.line_id,
        counted.customer_id,
        counted.paid_from,
        counted.paid_to,
        counted.term_months,
        counted.terms_from,
        counted.service_from,
        counted.service_to,
        counted.cancel_requested_on,
        last_of_service.cancel_requested_on as last_cancel_requested_on,
        case
            when
                counted.conditions_number = last_of_service.conditions_number
                and counted.cancel_requested_on is null
                and last_of_service.cancel_requested_on is null
                then last_of_service.line_ends_on
        end as agreed_to

    from counted

    inner join last_of_service
        on
            counted.line_id = last_of_service.line_id
            and counted.service_number = last_of_service.service_number

)

select * from final
