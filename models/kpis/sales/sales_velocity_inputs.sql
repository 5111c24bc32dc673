-- Periods of months look back on months, and those of weeks on weeks, which end with them.
with open_deals as (

    select
        *,
        case when period_grain in ({{ month_grains() }}) then 'month' else 'week' end
            as looked_back_grain

    from {{ ref('agg_open_deals') }}

),

deals as (

    select
        *,
        case
            when period_grain = 'month' then {{ dbt.dateadd('month', 12, 'period_start') }}
            else {{ dbt.dateadd('day', 364, 'period_start') }}
        end as looked_back_until

    from {{ ref('agg_deals') }}

    where period_grain in ('month', 'week')

),

-- Open deals are a balance at the period's end; rate, size and cycle look back twelve months, or 52
-- weeks.
measured as (

    select
        open_deals.period_grain,
        open_deals.period_start,
        open_deals.period_end,
        open_deals.reporting_date,
        open_deals.dimension,
        open_deals.segment,
        open_deals.open_deal_count,
        sum(deals.closed_count) as closed_count,
        sum(deals.won_count) as won_count,
        sum(deals.won_priced_count) as priced_count,
        sum(deals.won_amount) as won_amount,
        sum(deals.cycle_count) as cycle_count,
        sum(deals.cycle_days) as cycle_days

    from open_deals

    left join deals
        on
            open_deals.dimension = deals.dimension
            and open_deals.segment = deals.segment
            and open_deals.looked_back_grain = deals.period_grain
            and open_deals.period_end >= deals.period_start
            and open_deals.period_end < deals.looked_back_until

    group by
        open_deals.period_grain,
        open_deals.period_start,
        open_deals.period_end,
        open_deals.reporting_date,
        open_deals.dimension,
        open_deals.segment,
        open_deals.open_deal_count

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
