with open_deals as (

    select * from {{ ref('agg_open_deals') }}

),

months as (

    select * from {{ ref('agg_deals') }} where period_grain = 'month'

),

-- Open deals are a balance at the period's end; rate, size and cycle look back twelve months.
measured as (

    select
        open_deals.period_grain,
        open_deals.period_start,
        open_deals.period_end,
        open_deals.reporting_date,
        open_deals.dimension,
        open_deals.segment,
        open_deals.open_deal_count,
        sum(months.closed_count) as closed_count,
        sum(months.won_count) as won_count,
        sum(months.won_priced_count) as priced_count,
        sum(months.won_amount) as won_amount,
        sum(months.cycle_count) as cycle_count,
        sum(months.cycle_days) as cycle_days

    from open_deals

    left join months
        on
            open_deals.dimension = months.dimension
            and open_deals.segment = months.segment
            and open_deals.period_end >= months.period_start
            and months.period_start > {{ dbt.dateadd('month', -12, 'open_deals.period_end') }}

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
