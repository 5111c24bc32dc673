{#- A table: every method of lifetime value reads it. -#}
{{ config(materialized='table') }}

with revenue_months as (

    select * from {{ ref('agg_customer_revenue_months') }}

),

mrr_months as (

    select * from {{ ref('agg_mrr_months') }}

),

a_year_ago as (

    select * from {{ ref('agg_customers_a_year_ago') }}

),

arrivals as (

    select * from {{ ref('agg_new_mrr') }}

),

customer_periods as (

    select * from {{ ref('agg_customer_periods') }}

),

margins as (

    select * from {{ ref('agg_gross_margins') }}

),

keys as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from revenue_months

    union

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from mrr_months

),

{{ first_balance() }},

-- Where a part does not have a segment, it is unknown there: null, not 0.
final as (

    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.dimension,
        keys.segment,
        revenue_months.recognised_12_months_amount,
        revenue_months.earning_customer_count_12_months,
        revenue_months.recognised_to_date_amount,
        revenue_months.earning_customer_count_to_date,
        revenue_months.invoiced_12_months_amount,
        revenue_months.invoice_count_12_months,
        revenue_months.buyer_count_12_months,
        revenue_months.invoiced_to_date_amount,
        revenue_months.buyer_count_to_date,
        mrr_months.mrr_amount,
        mrr_months.active_customer_count,
        a_year_ago.customer_count as customer_count_12_months_ago,
        a_year_ago.kept_count as retained_customer_count,
        arrivals.new_mrr_amount,
        arrivals.new_customer_count,
        customer_periods.customer_count_12_months,
        customer_periods.lost_customer_count_12_months,
        mrr_months.lived_month_count,
        cast(12 * mrr_months.customer_count as bigint) as month_count_of_a_year,
        margins.gross_margin_rate_12_months,
        margins.gross_margin_rate_to_date,
        margins.margin_12_months_null_reason,
        margins.margin_to_date_null_reason,
        cast(
            {{ dbt.datediff(
                '(select month_start from first_balance)',
                'least(keys.period_end, keys.reporting_date)',
                'month'
            ) }} + 1 as bigint
        ) as balance_month_count,
        keys.period_end > keys.reporting_date as is_provisional

    from keys

    left join revenue_months
        on {{ same_segment('keys', 'revenue_months') }}

    left join mrr_months
        on {{ same_segment('keys', 'mrr_months') }}

    left join a_year_ago
        on {{ same_segment('keys', 'a_year_ago') }}

    left join arrivals
        on {{ same_segment('keys', 'arrivals') }}

    left join customer_periods
        on {{ same_segment('keys', 'customer_periods') }}

    left join margins
        on
            keys.period_grain = margins.period_grain
            and keys.period_start = margins.period_start

)

select * from final
