{#- dimension -> column, beside the total -#}
{%- set cuts = var('deal_cuts') -%}
-- Of a deal whose stage is in no pipeline nobody knows whether it is open.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

-- Open as in the pipeline, in the segments that the outcomes have, too. A deal that was open at the
-- end of no month is in no period, but its segments are known.
open_deals as (

    select
        deals.*,
        pipeline_months.month_start

    from deals

    left join {{ ref('fct_pipeline_months') }} as pipeline_months
        on deals.deal_id = pipeline_months.deal_id

),

{{ measured_by_period('pipeline', 'open_deals', 'month_start', cuts, {
    'open_deal_count': 'count(deal_id)',
}, months='last') }},

outcomes as (

    select
        pipeline_cuts.dimension,
        {{ segment_of('pipeline', 'deals', cuts) }} as segment,
        {{ month_of('deals', 'closed_date') }} as month_start,
        deals.is_won,
        case when deals.is_won then deals.deal_amount end as won_amount,
        case when deals.is_won then deals.cycle_days end as cycle_days

    from deals

    cross join pipeline_cuts

    where deals.closed_date is not null

),

monthly as (

    select
        dimension,
        segment,
        month_start,
        count(*) as closed_count,
        count(case when is_won then 1 end) as won_count,
        count(won_amount) as priced_count,
        sum(won_amount) as won_amount,
        count(cycle_days) as cycle_count,
        sum(cycle_days) as cycle_days

    from outcomes

    group by
        dimension,
        segment,
        month_start

),

-- Open deals are a balance at the period's end; rate, size and cycle look back twelve months.
measured as (

    select
        pipeline.period_grain,
        pipeline.period_start,
        pipeline.period_end,
        pipeline.reporting_date,
        pipeline.dimension,
        pipeline.segment,
        pipeline.open_deal_count,
        sum(monthly.closed_count) as closed_count,
        sum(monthly.won_count) as won_count,
        sum(monthly.priced_count) as priced_count,
        sum(monthly.won_amount) as won_amount,
        sum(monthly.cycle_count) as cycle_count,
        sum(monthly.cycle_days) as cycle_days

    from pipeline

    left join monthly
        on
            pipeline.dimension = monthly.dimension
            and pipeline.segment = monthly.segment
            and pipeline.period_end >= monthly.month_start
            and monthly.month_start > {{ dbt.dateadd('month', -12, 'pipeline.period_end') }}

    group by
        pipeline.period_grain,
        pipeline.period_start,
        pipeline.period_end,
        pipeline.reporting_date,
        pipeline.dimension,
        pipeline.segment,
        pipeline.open_deal_count

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        open_deal_count,
        {{ ratio('won_count', 'closed_count') }} as win_rate,
        {{ ratio('won_amount', 'priced_count') }} as average_deal_amount,
        {{ ratio('cycle_days', 'cycle_count') }} as average_cycle_days,
        period_end > reporting_date as is_provisional

    from measured

)

select * from final
