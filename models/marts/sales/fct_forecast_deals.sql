with deals as (

    select * from {{ ref('fct_deals') }}

),

pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

-- The months and quarters that run, and the next ones.
periods as (

    select
        *,
        cast({{ dbt.dateadd('day', 1, 'reporting_date') }} as date) as next_date

    from {{ ref('dim_periods') }}

    where
        period_grain in ('month', 'quarter')
        and (has_begun or is_next)
        and not is_over

),

-- Open on the day of the report, as they stood then. A deal whose day is over is due from tomorrow
-- on. One that is called closed and is open is as good as committed.
open_deals as (

    select
        periods.period_grain,
        periods.period_start,
        pipeline_months.deal_id,
        pipeline_months.deal_name,
        pipeline_months.company_name,
        pipeline_months.record_url,
        pipeline_months.owner_name,
        pipeline_months.team,
        pipeline_months.stage_name,
        case
            when deals.forecast_category = 'closed' then 'commit'
            else deals.forecast_category
        end as forecast_category,
        pipeline_months.expected_close_date as due_date,
        pipeline_months.deal_amount

    from periods

    inner join pipeline_months
        on
            {{ month_of('periods', 'reporting_date') }} = pipeline_months.month_start
            and periods.period_end
            >= greatest(pipeline_months.expected_close_date, periods.next_date)
            and periods.period_start
            <= greatest(pipeline_months.expected_close_date, periods.next_date)

    inner join deals
        on pipeline_months.deal_id = deals.deal_id

    -- Not every engine leaves out what is unknown when it looks for the greatest.
    where pipeline_months.expected_close_date is not null

),

won_deals as (

    select
        periods.period_grain,
        periods.period_start,
        deals.deal_id,
        deals.deal_name,
        deals.company_name,
        deals.record_url,
        deals.owner_name,
        deals.team,
        deals.stage_name,
        'closed' as forecast_category,
        deals.closed_date as due_date,
        deals.deal_amount

    from periods

    inner join deals
        on
            periods.period_start <= deals.closed_date
            and periods.period_end >= deals.closed_date

    where deals.is_won

),

final as (

    select * from open_deals

    union all

    select * from won_deals

)

select * from final
