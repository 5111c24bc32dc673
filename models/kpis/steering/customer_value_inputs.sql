with revenue_months as (

    select * from {{ ref('fct_customer_revenue_months') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

customer_periods as (

    select * from {{ ref('fct_customer_periods') }}

),

margin_months as (

    select * from {{ ref('fct_gross_margin_months') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

lifetimes as (

    select * from {{ ref('kpi_customer_lifetime') }}

),

-- Customers of twelve months ago, under the plan that they had then, and who of them is there
-- still.
year_ago as (

    select
        period_grain,
        period_start,
        customer_id,
        plan_12_months_ago as plan,
        industry,
        country,
        channel,
        is_active_at_end

    from customer_periods

    where mrr_12_months_ago_amount > 0

),

-- A customer is new where it is first paid for.
arrivals as (

    select *

    from mrr_movements

    where movement = 'new'

),

{{ measured_by_period('invoiced', 'revenue_months', 'month_start', var('customer_cuts'), {
    'revenue_12_months_amount': 'sum(revenue_12_months_amount)',
    'invoice_count_12_months': 'sum(invoice_count_12_months)',
    'buyer_count_12_months':
        'count(case when invoice_count_12_months > 0 then customer_id end)',
    'revenue_to_date_amount': 'sum(revenue_to_date_amount)',
    'buyer_count_to_date': 'count(case when invoice_count_to_date > 0 then customer_id end)',
}, months='last') }},

{{ measured_by_period('paying', 'mrr_months', 'month_start', var('customer_cuts'), {
    'mrr_amount': 'sum(mrr_amount)',
    'active_customer_count': 'count(case when is_active then customer_id end)',
}, months='last') }},

{{ measured_by_period('retained', 'year_ago', none, var('customer_cuts'), {
    'customer_count_12_months_ago': 'count(customer_id)',
    'retained_customer_count': 'count(case when is_active_at_end then customer_id end)',
}, months='given') }},

{{ measured_by_period('arrived', 'arrivals', 'month_start', var('customer_cuts'), {
    'new_mrr_amount': 'sum(movement_amount)',
    'new_customer_count': 'count(distinct customer_id)',
}) }},

margins as (

    select
        period_months.period_grain,
        period_months.period_start,
        margin_months.gross_margin_rate_12_months,
        margin_months.gross_margin_rate_to_date

    from period_months

    inner join margin_months
        on period_months.month_start = margin_months.month_start

    where period_months.is_last_month

),

lifetimes_side_by_side as (

    select
        period_grain,
        period_start,
        dimension,
        segment,
        max(case when variant = 'inverse_churn' then numerator end) as customer_count_12_months,
        max(case when variant = 'inverse_churn' then denominator end)
            as lost_customer_count_12_months,
        max(case when variant = 'observed' then numerator end) as lived_month_count,
        max(case when variant = 'observed' then denominator end) as month_count_of_a_year

    from lifetimes

    group by
        period_grain,
        period_start,
        dimension,
        segment

),

keys as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from invoiced

    union

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from paying

),

final as (

    select
        keys.period_grain,
        keys.period_start,
        keys.period_end,
        keys.dimension,
        keys.segment,
        cast(invoiced.revenue_12_months_amount as decimal(28, 8)) as revenue_12_months_amount,
        cast(invoiced.invoice_count_12_months as bigint) as invoice_count_12_months,
        invoiced.buyer_count_12_months,
        cast(invoiced.revenue_to_date_amount as decimal(28, 8)) as revenue_to_date_amount,
        invoiced.buyer_count_to_date,
        cast(paying.mrr_amount as decimal(28, 8)) as mrr_amount,
        paying.active_customer_count,
        retained.customer_count_12_months_ago,
        retained.retained_customer_count,
        cast(arrived.new_mrr_amount as decimal(28, 8)) as new_mrr_amount,
        arrived.new_customer_count,
        cast(lifetimes_side_by_side.customer_count_12_months as bigint)
            as customer_count_12_months,
        cast(lifetimes_side_by_side.lost_customer_count_12_months as bigint)
            as lost_customer_count_12_months,
        cast(lifetimes_side_by_side.lived_month_count as bigint) as lived_month_count,
        cast(lifetimes_side_by_side.month_count_of_a_year as bigint) as month_count_of_a_year,
        margins.gross_margin_rate_12_months,
        margins.gross_margin_rate_to_date,
        keys.period_end > keys.reporting_date as is_provisional

    from keys

    left join invoiced
        on {{ same_segment('keys', 'invoiced') }}

    left join paying
        on {{ same_segment('keys', 'paying') }}

    left join retained
        on {{ same_segment('keys', 'retained') }}

    left join arrived
        on {{ same_segment('keys', 'arrived') }}

    left join lifetimes_side_by_side
        on {{ same_segment('keys', 'lifetimes_side_by_side') }}

    left join margins
        on
            keys.period_grain = margins.period_grain
            and keys.period_start = margins.period_start

)

select * from final
