with lines as (

    select * from {{ ref('int_contract_lines_observed') }}

),

-- The term that runs at the month's end; the first one of a line that has not begun.
next_steps as (

    select
        lines.*,
        case
            when is_running
                then {{ months_of_terms('terms_from', 'balance_date', 'term_months') }}
            else 0
        end + term_months as step

    from lines

),

termed as (

    select
        next_steps.*,
        cast({{ dbt.dateadd('month', 'step', 'terms_from') }} as date) as next_term_from

    from next_steps

),

-- After notice, and where a signed contract follows, service ends with what is paid for.
final as (

    select
        month_start,
        line_id,
        terms_from,
        term_months,
        discounted_until,
        greatest(balance_date, cast({{ dbt.dateadd('day', -1, 'terms_from') }} as date))
            as served_until,
        case
            when is_leaving and service_to is not null then service_to
            when not is_leaving and agreed_to is not null then agreed_to
            else cast({{ dbt.dateadd('day', -1, 'next_term_from') }} as date)
        end as contracted_until,
        cast(
            {{ dbt.dateadd('day', -1, dbt.dateadd('month', 12, day_after('balance_date'))) }}
            as date
        ) as year_ends_on

    from termed

)

select * from final
