{#- A table, made from a mart of deals. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
with counted_deals as (

    select * from {{ ref('fct_forecast_deals') }}

),

quotas as (

    select * from {{ ref('agg_quotas') }}

),

-- What the methods say by which past forecasts were weighed; they do not forecast single reps.
forecasts as (

    select * from {{ ref('sales_forecast') }} where forecast_method = 'combined'

),

-- The months and quarters that run, and the next ones.
periods as (

    select *

    from {{ ref('dim_periods') }}

    where
        period_grain in ('month', 'quarter')
        and (has_begun or is_next)
        and not is_over

),

{{ listed('cuts', 'dimension', ['all', 'owner', 'team']) }},

-- A quota is one more row of its segment.
amounts as (

    select
        counted_deals.period_grain,
        counted_deals.period_start,
        cuts.dimension,
        case cuts.dimension
            when 'owner' then coalesce(counted_deals.owner_name, '(none)')
            when 'team' then coalesce(counted_deals.team, '(none)')
            else 'all'
        end as segment,
        coalesce(counted_deals.forecast_category, '(none)') as forecast_category,
        counted_deals.deal_amount as amount

    from counted_deals

    cross join cuts

    union all

    select
        quotas.period_grain,
        quotas.period_start,
        quotas.dimension,
        quotas.segment,
        'quota' as forecast_category,
        nullif(quotas.quota_amount, 0) as amount

    from quotas

    inner join periods
        on
            quotas.period_grain = periods.period_grain
            and quotas.period_start = periods.period_start

),

summed as (

    select
        period_grain,
        period_start,
        dimension,
        segment,
        sum(case when forecast_category = 'closed' then amount else 0 end) as closed_amount,
        sum(case when forecast_category = 'commit' then amount else 0 end) as commit_amount,
        sum(case when forecast_category = 'best_case' then amount else 0 end) as best_case_amount,
        sum(case when forecast_category = 'pipeline' then amount else 0 end) as pipeline_amount,
        sum(case when forecast_category = 'omitted' then amount else 0 end) as omitted_amount,
        sum(
            case
                when
                    forecast_category not in (
                        'closed', 'commit', 'best_case', 'pipeline', 'omitted', 'quota'
                    )
                    then amount
                else 0
            end
        ) as uncategorised_amount,
        sum(case when forecast_category = 'quota' then amount end) as quota_amount

    from amounts

    group by
        period_grain,
        period_start,
        dimension,
        segment

),

final as (

    select
        summed.period_grain,
        summed.period_start,
        periods.period_end,
        summed.dimension,
        summed.segment,
        cast(summed.closed_amount as decimal(28, 8)) as closed_amount,
        cast(summed.commit_amount as decimal(28, 8)) as commit_amount,
        cast(summed.best_case_amount as decimal(28, 8)) as best_case_amount,
        cast(summed.pipeline_amount as decimal(28, 8)) as pipeline_amount,
        cast(summed.omitted_amount as decimal(28, 8)) as omitted_amount,
        cast(summed.uncategorised_amount as decimal(28, 8)) as uncategorised_amount,
        cast(summed.closed_amount + summed.commit_amount as decimal(28, 8))
            as commit_forecast_amount,
        cast(
            summed.closed_amount + summed.commit_amount + summed.best_case_amount as decimal(28, 8)
        ) as best_case_forecast_amount,
        cast(
            summed.closed_amount
            + summed.commit_amount
            + summed.best_case_amount
            + summed.pipeline_amount as decimal(28, 8)
        ) as pipeline_forecast_amount,
        cast(summed.quota_amount as decimal(28, 8)) as quota_amount,
        cast(
            summed.closed_amount + summed.commit_amount - summed.quota_amount as decimal(28, 8)
        ) as commit_quota_gap_amount,
        forecasts.forecast_amount as combined_forecast_amount,
        forecasts.low_amount as combined_low_amount,
        forecasts.high_amount as combined_high_amount

    from summed

    inner join periods
        on
            summed.period_grain = periods.period_grain
            and summed.period_start = periods.period_start

    left join forecasts
        on
            summed.period_grain = forecasts.period_grain
            and summed.period_start = forecasts.period_start
            and summed.dimension = forecasts.dimension
            and summed.segment = forecasts.segment

)

select * from final
