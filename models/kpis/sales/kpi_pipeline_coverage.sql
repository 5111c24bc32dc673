with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

-- The quota of a running period is that of all its months, those to come included.
quotas_of_periods as (

    select
        periods.period_grain,
        periods.period_start,
        quota_months.owner_name,
        quota_months.team,
        quota_months.quota_amount

    from periods

    inner join {{ ref('fct_quota_months') }} as quota_months
        on
            periods.period_start <= quota_months.month_start
            and periods.period_end >= quota_months.month_start

),

won_deals as (

    select * from {{ ref('fct_deals') }} where is_won

),

-- What should be signed within the period, what is overdue included: as it stands at its end, and
-- as it stood when the month before it ended.
due as (

    select
        periods.period_grain,
        periods.period_start,
        pipeline_months.owner_name,
        pipeline_months.team,
        true as is_due_at_end,
        pipeline_months.deal_amount

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
        pipeline_months.owner_name,
        pipeline_months.team,
        false as is_due_at_end,
        pipeline_months.deal_amount

    from periods

    inner join pipeline_months
        on
            cast({{ dbt.dateadd('month', -1, 'periods.period_start') }} as date)
            = pipeline_months.month_start
            and periods.period_end >= pipeline_months.expected_close_date

),

{{ measured_by_period('open_deals', 'due', none, var('quota_cuts'), {},
    months='given', amounts={
    'due_amount': ('deal_amount', 'is_due_at_end'),
    'due_at_start_amount': ('deal_amount', 'not is_due_at_end'),
}) }},

{{ measured_by_period('quotas', 'quotas_of_periods', none, var('quota_cuts'), {
    'quota_amount': 'sum(quota_amount)',
}, months='given') }},

{{ measured_by_period('won', 'won_deals', 'closed_date', var('quota_cuts'), {
    'won_count': 'count(deal_id)',
}, amounts={
    'won_amount': ('deal_amount', 'true'),
}) }},

{{ measured_together(
    'planned', 'open_deals', ['due_amount', 'due_at_start_amount'], 'quotas', ['quota_amount']
) }},

{{ measured_together(
    'measured', 'planned', ['due_amount', 'due_at_start_amount', 'quota_amount'],
    'won', ['won_count', 'won_amount']
) }},

-- What was open before the data begin is not known.
first_periods as (

    select
        period_grain,
        min(period_start) as first_start

    from periods

    group by period_grain

),

{{ listed('variants', 'variant', ['standard', 'at_start']) }},

-- Without any win nothing of the quota is reached. How much is reached is not known where no win
-- has an amount.
reached as (

    select
        *,
        case when won_count > 0 then won_amount else 0 end as reached_amount

    from measured

),

-- Where no quota is known, nothing is covered; where it is reached, 0 is left to reach.
each as (

    select
        variants.variant,
        reached.period_grain,
        reached.period_start,
        reached.period_end,
        reached.reporting_date,
        reached.dimension,
        reached.segment,
        case
            when reached.quota_amount is null then null
            when variants.variant = 'standard' then reached.due_amount
            when reached.period_start > first_periods.first_start
                then reached.due_at_start_amount
        end as due_amount,
        case
            when variants.variant = 'at_start' then reached.quota_amount
            when reached.reached_amount is null then null
            when reached.quota_amount > reached.reached_amount
                then reached.quota_amount - reached.reached_amount
            when reached.quota_amount is not null then 0
        end as quota_to_reach

    from reached

    inner join first_periods
        on reached.period_grain = first_periods.period_grain

    cross join variants

),

final as (

    {{ kpi_rows('pipeline_coverage', none, 'each', 'due_amount', 'quota_to_reach') }}

)

select * from final
