with periods as (

    select * from {{ ref('int_subscription_periods_paid') }}

),

-- A term is the time that one bill pays for, in whole months: days and weeks are brought to the
-- nearest number of months, and to one at least.
with_terms as (

    select
        periods.*,
        coalesce(subscription_id, line_id) as subscription_key,
        cast(
            case billing_interval
                when 'day'
                    then greatest(1, round({{ divide('interval_count * 12', '365') }}))
                when 'week'
                    then greatest(1, round({{ divide('interval_count * 84', '365') }}))
                when 'month' then interval_count
                when 'quarter' then interval_count * 3
                else interval_count * 12
            end as integer
        ) as term_months,
        -- A day in a row that is not past due is one of arrears that were settled.
        case
            when subscription_status = 'past_due' then overdue_from
            when subscription_status = 'canceled' then past_due_since
        end as unpaid_from

    from periods

),

compared as (

    select
        with_terms.*,
        lag(paid_to) over (partition by line_id order by paid_from asc) as previous_paid_to,
        lag(term_months) over (partition by line_id order by paid_from asc)
            as previous_term_months

    from with_terms

),

-- Service begins anew after any day that is not paid for; terms do so too when their length
-- changes.
marked as (

    select
        compared.*,
        case
            when
                paid_from = cast({{ dbt.dateadd('day', 1, 'previous_paid_to') }} as date)
                then 0
            else 1
        end as service_begins,
        case
            when
                paid_from = cast({{ dbt.dateadd('day', 1, 'previous_paid_to') }} as date)
                and term_months = previous_term_months
                then 0
            else 1
        end as terms_begin

    from compared

),

numbered as (

    select
        marked.*,
        sum(service_begins) over (
            partition by line_id
            order by paid_from asc
            rows between unbounded preceding and current row
        ) as service_number,
        sum(terms_begin) over (
            partition by line_id
            order by paid_from asc
            rows between unbounded preceding and current row
        ) as terms_number

    from marked

),

-- Only the last period of a service can be without an end.
bounded as (

    select
        numbered.*,
        min(paid_from) over (partition by line_id, service_number) as service_from,
        case
            when
                count(*) over (partition by line_id, service_number)
                = count(paid_to) over (partition by line_id, service_number)
                then max(paid_to) over (partition by line_id, service_number)
        end as service_to,
        min(paid_from) over (partition by line_id, terms_number) as terms_from,
        case
            when
                count(*) over (partition by line_id, terms_number)
                = count(paid_to) over (partition by line_id, terms_number)
                then max(paid_to) over (partition by line_id, terms_number)
        end as terms_to,
        row_number() over (
            partition by line_id, service_number order by paid_from desc
        ) as places_to_last

    from numbered

),

-- Unpaid comes before a wish to leave that was told later: a billing system writes a day of
-- cancellation, too, when it gives up.
final as (

    select
        source_system,
        subscription_key,
        line_id,
        customer_id,
        plan,
        is_add_on,
        subscription_status,
        cancel_requested_on,
        unpaid_from,
        term_months,
        paid_from,
        paid_to,
        terms_number,
        terms_from,
        terms_to,
        service_number,
        service_from,
        service_to,
        max(
            case
                when
                    places_to_last = 1
                    and unpaid_from is not null
                    and (cancel_requested_on is null or cancel_requested_on > unpaid_from)
                    then 1
                else 0
            end
        ) over (partition by line_id, service_number) = 1 as ends_unpaid

    from bounded

)

select * from final
