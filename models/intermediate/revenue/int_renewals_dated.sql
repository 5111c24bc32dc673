{%- set notice_days = var('renewal_notice_days') -%}
with lines_due as (

    select * from {{ ref('int_renewal_days_counted') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- A past renewal is seen some days ahead, and not before the term that it ends has begun; one that
-- is to come is seen today.
observed as (

    select
        lines_due.*,
        case
            when lines_due.is_coming then reporting.reporting_date
            else greatest(
                cast({{ dbt.dateadd('day', -1 * notice_days, 'lines_due.due_date') }} as date),
                max(lines_due.term_from) over (
                    partition by
                        lines_due.subscription_key, lines_due.due_date, lines_due.term_months
                )
            )
        end as observation_date

    from lines_due

    cross join reporting

),

-- A line that was gone by then was no longer to be renewed.
in_force as (

    select *

    from observed

    where
        terms_from <= observation_date
        and (terms_to is null or terms_to >= observation_date)

),

final as (

    select
        subscription_key,
        line_id,
        customer_id,
        due_date,
        observation_date,
        is_coming,
        term_months,
        service_number,
        service_from,
        service_to,
        ends_unpaid,
        row_number() over (
            partition by line_id, service_number order by due_date desc
        ) = 1 as is_last_of_service

    from in_force

)

select * from final
