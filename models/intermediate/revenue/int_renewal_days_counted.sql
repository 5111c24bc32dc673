with terms as (

    select distinct
        subscription_key,
        line_id,
        customer_id,
        term_months,
        terms_from,
        terms_to,
        service_number,
        service_from,
        service_to,
        ends_unpaid

    from {{ ref('int_subscription_terms_followed') }}

),

months as (

    select * from {{ ref('int_months') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

lines_with_balance as (

    select distinct balances.line_id

    from {{ ref('int_subscription_months_balanced') }} as balances

    cross join reporting

    where balances.balance_date = reporting.reporting_date

),

past_steps as (

    select
        terms.*,
        cast({{ dbt.datediff('terms.terms_from', 'months.month_start', 'month') }} as integer)
            as step

    from terms

    inner join months
        on terms.terms_from < months.month_start

),

-- Months are counted from the first day: the 31st is due on the 28th in February and on the 31st
-- in March.
past_days as (

    select
        past_steps.*,
        cast({{ dbt.dateadd('month', 'step', 'terms_from') }} as date) as due_date,
        cast({{ dbt.dateadd('month', '(step - term_months)', 'terms_from') }} as date)
            as term_from

    from past_steps

    where mod(step, term_months) = 0

),

past as (

    select past_days.*

    from past_days

    cross join reporting

    where
        past_days.due_date <= reporting.reporting_date
        and (past_days.terms_to is null or past_days.term_from <= past_days.terms_to)

),

running as (

    select
        terms.*,
        reporting.reporting_date

    from terms

    inner join lines_with_balance
        on terms.line_id = lines_with_balance.line_id

    cross join reporting

    where
        terms.terms_from <= reporting.reporting_date
        and (terms.terms_to is null or terms.terms_to >= reporting.reporting_date)

),

-- The next renewal of each line that runs: it can be lost only once.
next_steps as (

    select
        running.*,
        {{ months_of_terms('terms_from', 'reporting_date', 'term_months') }} + term_months as step

    from running

),

next_days as (

    select
        next_steps.*,
        cast({{ dbt.dateadd('month', 'step', 'terms_from') }} as date) as due_date,
        cast({{ dbt.dateadd('month', '(step - term_months)', 'terms_from') }} as date)
            as term_from

    from next_steps

),

-- A line that is known to end inside its term is due on the day after its end.
final as (

    select
        subscription_key,
        line_id,
        customer_id,
        term_months,
        service_number,
        service_from,
        service_to,
        ends_unpaid,
        terms_from,
        terms_to,
        due_date,
        term_from,
        false as is_coming

    from past

    union all

    select
        subscription_key,
        line_id,
        customer_id,
        term_months,
        service_number,
        service_from,
        service_to,
        ends_unpaid,
        terms_from,
        terms_to,
        case
            when not ends_unpaid and service_to < due_date
                then cast({{ dbt.dateadd('day', 1, 'service_to') }} as date)
            else due_date
        end as due_date,
        term_from,
        true as is_coming

    from next_days

)

select * from final
