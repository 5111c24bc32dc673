{{ config(meta={'has_given_cuts': false}) }}

-- Costs of serving customers are known for the company as a whole only, so there are no cuts.
with margin_months as (

    select * from {{ ref('fct_gross_margin_months') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

-- Without a rate either no books of these months are known, or they show no revenue.
explained as (

    select
        *,
        max(case when are_books_known then 1 else 0 end) over () as ever_known,
        max(case when are_books_known then 1 else 0 end) over (
            order by month_start asc rows between 11 preceding and current row
        ) as known_in_12_months,
        max(case when are_books_known then 1 else 0 end) over (
            order by month_start asc rows between unbounded preceding and current row
        ) as known_to_date

    from margin_months

),

final as (

    select
        period_months.period_grain,
        period_months.period_start,
        explained.gross_margin_rate_12_months,
        explained.gross_margin_rate_to_date,
        case
            when explained.gross_margin_rate_12_months is not null then null
            when explained.ever_known = 0 then 'no_source'
            when explained.known_in_12_months = 0 then 'costs_not_known'
            else 'too_few'
        end as margin_12_months_null_reason,
        case
            when explained.gross_margin_rate_to_date is not null then null
            when explained.ever_known = 0 then 'no_source'
            when explained.known_to_date = 0 then 'costs_not_known'
            else 'too_few'
        end as margin_to_date_null_reason

    from period_months

    inner join explained
        on period_months.month_start = explained.month_start

    where period_months.is_last_month

)

select * from final
