with in_period as (

    select * from {{ ref('agg_customers_in_period') }}

),

at_start as (

    select * from {{ ref('agg_customers_at_start') }}

),

lost as (

    select * from {{ uncut(ref('agg_lost_customers')) }} where dimension = 'churn_reason'

),

-- Customers who stay have no reason: those who left for each reason are divided by all customers.
by_reason as (

    select
        lost.period_grain,
        lost.period_start,
        lost.period_end,
        lost.reporting_date,
        lost.dimension,
        {{ own_segment('lost.segment') }} as segment,
        lost.lost_in_period_count,
        in_period.customer_count as in_period_count,
        lost.lost_since_start_count,
        at_start.customer_count as at_start_count

    from lost

    inner join in_period
        on
            lost.period_grain = in_period.period_grain
            and lost.period_start = in_period.period_start
            and in_period.dimension = 'all'

    inner join at_start
        on
            lost.period_grain = at_start.period_grain
            and lost.period_start = at_start.period_start
            and at_start.dimension = 'all'

    where {{ is_the_view() }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'customer_churn_rate', 'active_in_period', 'in_period', 'lost_count', 'customer_count'
    ) }}

    union all

    {{ kpi_rows(
        'customer_churn_rate', 'active_in_period', 'by_reason', 'lost_in_period_count',
        'in_period_count'
    ) }}

    union all

    {{ kpi_rows(
        'customer_churn_rate', 'active_at_start', 'at_start', 'lost_count', 'customer_count',
        null_reason=not_yet_at_start()
    ) }}

    union all

    {{ kpi_rows(
        'customer_churn_rate', 'active_at_start', 'by_reason', 'lost_since_start_count',
        'at_start_count',
        null_reason="coalesce(case when lost_since_start_count is null then 'no_source' end, "
        ~ not_yet_at_start() ~ ')'
    ) }}

)

select * from final
