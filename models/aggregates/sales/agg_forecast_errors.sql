{{ config(meta={'has_given_cuts': false}) }}
with sales_forecasts as (

    select * from {{ ref('fct_sales_forecasts') }}

),

rep_forecasts as (

    select * from {{ ref('fct_rep_forecasts') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

of_methods as (

    select
        period_start as month_start,
        forecast_method,
        forecast_amount,
        actual_amount,
        null_reason

    from sales_forecasts

    where
        period_grain = 'month'
        and dimension = 'all'
        and is_at_start

),

-- Each month by the forecast with which it began.
months as (

    select
        'all' as dimension,
        'all' as segment,
        month_start,
        forecast_amount,
        actual_amount

    from of_methods

    where forecast_method = 'combined'

    union all

    select
        'method' as dimension,
        forecast_method as segment,
        month_start,
        forecast_amount,
        actual_amount

    from of_methods

    union all

    select
        'owner' as dimension,
        coalesce(owner_name, '(none)') as segment,
        month_start,
        forecast_amount,
        actual_amount

    from rep_forecasts

    where is_at_start

),

finished as (

    select *

    from months

    where
        forecast_amount is not null
        and actual_amount is not null

),

{{ listed('methods', 'forecast_method', ['combined'] + forecast_methods()) }},

segments as (

    select
        'all' as dimension,
        'all' as segment

    union all

    select
        'method' as dimension,
        forecast_method as segment

    from methods

    union

    select
        dimension,
        segment

    from months

),

-- Nothing can be said of a segment without any month that has both a forecast and wins.
known_segments as (

    select distinct
        dimension,
        segment

    from finished

),

-- The methods that have a source, but too little of it so far.
waiting_segments as (

    select
        'method' as dimension,
        forecast_method as segment

    from of_methods

    where actual_amount is not null

    group by forecast_method

    having count(case when null_reason = 'no_source' then 1 end) = 0

),

summed as (

    select
        period_months.period_grain,
        period_months.period_start,
        finished.dimension,
        finished.segment,
        count(finished.month_start) as month_count,
        sum(abs(finished.forecast_amount - finished.actual_amount)) as absolute_error_amount,
        sum(finished.forecast_amount - finished.actual_amount) as error_amount,
        sum(finished.actual_amount) as actual_amount

    from finished

    inner join period_months
        on finished.month_start = period_months.month_start

    group by
        period_months.period_grain,
        period_months.period_start,
        finished.dimension,
        finished.segment

),

spine as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.reporting_date,
        segments.dimension,
        segments.segment

    from {{ ref('dim_periods') }} as periods

    cross join segments

    where
        periods.has_begun
        and periods.period_grain in ({{ month_grains() }})

),

final as (

    select
        spine.period_grain,
        spine.period_start,
        spine.period_end,
        spine.reporting_date,
        spine.dimension,
        spine.segment,
        cast(coalesce(summed.month_count, 0) as bigint) as month_count,
        cast(summed.absolute_error_amount as {{ kpi_part_type() }}) as absolute_error_amount,
        cast(summed.error_amount as {{ kpi_part_type() }}) as error_amount,
        cast(summed.actual_amount as {{ kpi_part_type() }}) as actual_amount,
        case
            when summed.month_count > 0 then null
            when known_segments.segment is not null or waiting_segments.segment is not null
                then 'too_few'
            else 'no_source'
        end as null_reason

    from spine

    left join summed
        on {{ same_segment('spine', 'summed') }}

    left join known_segments
        on
            spine.dimension = known_segments.dimension
            and spine.segment = known_segments.segment

    left join waiting_segments
        on
            spine.dimension = waiting_segments.dimension
            and spine.segment = waiting_segments.segment

)

select * from final
