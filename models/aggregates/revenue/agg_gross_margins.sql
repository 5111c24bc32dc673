{{ config(meta={'has_given_cuts': false}) }}

-- Costs of serving customers are known for the company as a whole only, so there are no cuts.
with margin_months as (

    select * from {{ ref('fct_gross_margin_months') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

final as (

    select
        period_months.period_grain,
        period_months.period_start,
        margin_months.gross_margin_rate_12_months,
        margin_months.gross_margin_rate_to_date

    from period_months

    inner join margin_months
        on period_months.month_start = margin_months.month_start

    where period_months.is_last_month

)

select * from final
