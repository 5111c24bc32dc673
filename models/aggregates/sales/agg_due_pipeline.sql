with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

periods as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.reporting_date,
        {{ month_of('periods', 'reporting_date') }} as last_month

    from {{ ref('dim_periods') }} as periods

    where
        (periods.has_begun or periods.is_next)
        and periods.period_grain in ({{ month_grains() }})

),

-- The last month of a period shows the deals that are due at its end, the month before it those at
-- its start. As long as these months are to come, the report shows them.
states as (

    select
        periods.*,
        least({{ month_of('periods', 'period_end') }}, last_month) as month_start,
        true as is_due_at_end

    from periods

    union all

    select
        periods.*,
        least(
            cast({{ dbt.dateadd('month', -1, 'period_start') }} as date), last_month
        ) as month_start,
        false as is_due_at_end

    from periods

),

-- Deals that should be signed within the period, overdue ones included. Those that are overdue, or
-- due before the next period begins, are left to the running one until it is over.
due_deals as (

    select
        states.period_grain,
        states.period_start,
        pipeline_months.*,
        states.is_due_at_end

    from states

    inner join pipeline_months
        on
            states.month_start = pipeline_months.month_start
            and states.period_end >= pipeline_months.expected_close_date

    where
        {{ dbt.dateadd('day', 1, 'states.reporting_date') }} >= states.period_start
        or pipeline_months.expected_close_date >= states.period_start

),

{{ aggregated('due_deals', var('quota_cuts'), {
    'due': {
        'parts': 'given',
        'amounts': {
            'due_amount': ('deal_amount', 'is_due_at_end'),
            'due_at_start_amount': ('deal_amount', 'not is_due_at_end'),
        },
    },
}, has_next=true, record=['deal', 'deal_id', 'fct_pipeline_months']) }}

select * from final
