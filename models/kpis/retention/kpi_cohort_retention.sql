with mrr_months as (

    select
        *,
        month_start as aged_month,
        cast(months_since_cohort as {{ dbt.type_string() }}) as months_since

    from {{ ref('fct_mrr_months') }}

),

-- Where the cohort stands now, whatever the age of its customers.
now as (

    select mrr_months.*

    from mrr_months

    inner join {{ ref('dim_periods') }} as periods
        on
            periods.period_grain = 'month'
            and mrr_months.month_start = periods.period_start
            and periods.reporting_date between periods.period_start and periods.period_end

),

{%- set measures = {
    'customer_count': 'count(customer_id)',
    'active_count': 'count(case when is_active then customer_id end)',
    'cohort_mrr_amount': 'sum(cohort_mrr_amount)',
    'mrr_amount': 'sum(mrr_amount)',
} %}

{{ measured_by_period(
    'aged', 'mrr_months', 'cohort_month', {'months_since': 'months_since'}, measures,
    {'last_month': 'max(aged_month)'},
) }},

{{ measured_by_period('today', 'now', 'cohort_month', {}, measures) }},

-- Of a cohort that is younger than the segment there is nothing to show.
cells as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        last_month,
        max(customer_count) over (partition by period_grain, period_start) as cohort_size,
        customer_count,
        active_count,
        cohort_mrr_amount,
        mrr_amount

    from aged

    where
        dimension = 'months_since'
        and customer_count > 0

    union all

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        cast(null as date) as last_month,
        customer_count as cohort_size,
        customer_count,
        active_count,
        cohort_mrr_amount,
        mrr_amount

    from today

),

variants as (

    select 'customers' as variant

    union all

    select 'revenue' as variant

),

cells_of_variants as (

    select
        variants.variant,
        cells.period_grain,
        cells.period_start,
        cells.period_end,
        cells.dimension,
        cells.segment,
        case variants.variant when 'revenue' then cells.mrr_amount else cells.active_count end
            as kept,
        case variants.variant
            when 'revenue' then cells.cohort_mrr_amount
            else cells.customer_count
        end as started,
        -- Until all have come of that age, in a month that is over, and nobody can join any more.
        coalesce(cells.customer_count < cells.cohort_size, false)
        or cells.period_end > cells.reporting_date
        or coalesce(
            cast({{ dbt.last_day('cells.last_month', 'month') }} as date) > cells.reporting_date,
            false
        ) as is_young

    from cells

    cross join variants

),

final as (

    {{ kpi_rows(
        'cohort_retention', none, 'cells_of_variants', 'kept', 'started',
        is_provisional='is_young'
    ) }}

)

select * from final
