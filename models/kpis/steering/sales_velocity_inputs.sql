{%- set in_trailing_year -%}
monthly.month_start > {{ dbt.dateadd("month", -12, "spine.period_end") }}
{%- endset -%}
{#- dimension -> column, beside the total -#}
{%- set cuts = var('deal_cuts') -%}
with periods as (

    select * from {{ ref('dim_periods') }}

),

reporting as (

    select distinct reporting_date from periods

),

deals as (

    select * from {{ ref('fct_deals') }}

),

-- A deal is open from its creation to the day before its closing. One that is open and has no date
-- at all is open on the reporting date; that is all that is known of it. One that was closed nobody
-- knows when would stay open for ever: it has no day.
opened as (

    select
        deals.*,
        case
            when not deals.is_closed then coalesce(deals.created_date, reporting.reporting_date)
            when deals.closed_date is not null then least(deals.created_date, deals.closed_date)
        end as event_date,
        1 as opened_count

    from deals

    cross join reporting

),

closed as (

    select
        deals.*,
        closed_date as event_date,
        -1 as opened_count

    from deals

    where closed_date is not null

),

events as (

    select * from opened

    union all

    select * from closed

),

cuts as (

    select 'all' as dimension
    {%- for dimension in cuts %}
    union all
    select '{{ dimension }}' as dimension
    {%- endfor %}

),

monthly as (

    select
        cuts.dimension,
        case cuts.dimension
            when 'all' then 'all'
            {%- for dimension, column in cuts.items() %}
            when '{{ dimension }}' then coalesce(events.{{ column }}, '(none)')
            {%- endfor %}
        end as segment,
        cast({{ dbt.date_trunc('month', 'events.event_date') }} as date) as month_start,
        sum(events.opened_count) as opened_count,
        count(case when events.opened_count = -1 then 1 end) as closed_count,
        count(case when events.opened_count = -1 and events.is_won then 1 end) as won_count,
        sum(case when events.opened_count = -1 and events.is_won then events.deal_amount end)
            as won_amount,
        count(case when events.opened_count = -1 and events.is_won then events.cycle_days end)
            as cycle_count,
        sum(case when events.opened_count = -1 and events.is_won then events.cycle_days end)
            as cycle_days

    from events

    cross join cuts

    group by
        cuts.dimension,
        case cuts.dimension
            when 'all' then 'all'
            {%- for dimension, column in cuts.items() %}
            when '{{ dimension }}' then coalesce(events.{{ column }}, '(none)')
            {%- endfor %}
        end,
        cast({{ dbt.date_trunc('month', 'events.event_date') }} as date)

),

-- Every segment has a row in every period, as in the KPI views; without any deal there is the total
-- alone, and it is null: not zero open deals, but none known.
segments as (

    select
        'all' as dimension,
        'all' as segment,
        count(*) > 0 as has_deals

    from deals

    union all

    select distinct
        dimension,
        segment,
        true as has_deals

    from monthly

    where dimension != 'all'

),

-- Apart from the join below, for the reason that measured_by_period gives.
spine as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.reporting_date,
        segments.dimension,
        segments.segment,
        segments.has_deals

    from periods

    cross join segments

),

-- Open deals are a balance at the period's end; rate, size and cycle look back twelve months.
measured as (

    select
        spine.period_grain,
        spine.period_start,
        spine.period_end,
        spine.reporting_date,
        spine.dimension,
        spine.segment,
        cast(case when spine.has_deals then coalesce(sum(monthly.opened_count), 0) end as bigint)
            as open_deal_count,
        sum(case when {{ in_trailing_year }} then monthly.closed_count end) as closed_count,
        sum(case when {{ in_trailing_year }} then monthly.won_count end) as won_count,
        sum(case when {{ in_trailing_year }} then monthly.won_amount end) as won_amount,
        sum(case when {{ in_trailing_year }} then monthly.cycle_count end) as cycle_count,
        sum(case when {{ in_trailing_year }} then monthly.cycle_days end) as cycle_days

    from spine

    left join monthly
        on
            spine.dimension = monthly.dimension
            and spine.segment = monthly.segment
            and spine.period_end >= monthly.month_start

    group by
        spine.period_grain,
        spine.period_start,
        spine.period_end,
        spine.reporting_date,
        spine.dimension,
        spine.segment,
        spine.has_deals

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
        {{ ratio('won_amount', 'won_count') }} as average_deal_amount,
        {{ ratio('cycle_days', 'cycle_count') }} as average_cycle_days,
        period_end > reporting_date as is_provisional

    from measured

)

select * from final
