with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

periods as (

    select *

    from {{ ref('dim_periods') }}

    where
        has_begun
        and period_grain in ({{ month_grains() }})

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

-- Deals that should be signed within the period, overdue ones included: their state at its end, and
-- at the end of the month before it.
due_deals as (

    select
        periods.period_grain,
        periods.period_start,
        pipeline_months.*,
        true as is_due_at_end

    from period_months

    inner join periods
        on
            period_months.period_grain = periods.period_grain
            and period_months.period_start = periods.period_start

    inner join pipeline_months
        on
            period_months.month_start = pipeline_months.month_start
            and periods.period_end >= pipeline_months.expected_close_date

    where period_months.is_last_month

    union all

    select
        periods.period_grain,
        periods.period_start,
        pipeline_months.*,
        false as is_due_at_end

    from periods

    inner join pipeline_months
        on
            cast({{ dbt.dateadd('month', -1, 'periods.period_start') }} as date)
            = pipeline_months.month_start
            and periods.period_end >= pipeline_months.expected_close_date

),

{{ aggregated('due_deals', var('quota_cuts'), {
    'due': {
        'parts': 'given',
        'amounts': {
            'due_amount': ('deal_amount', 'is_due_at_end'),
            'due_at_start_amount': ('deal_amount', 'not is_due_at_end'),
        },
    },
}) }}

select * from final
