{%- set movements = {
    'start': 'case when was_in_scope then start_amount end',
    'created': 'case when not was_open and is_new and is_present then end_amount end',
    'reopened': 'case when not was_open and not is_new and is_present then end_amount end',
    'pulled_in': 'case when was_open and not was_in_scope and is_present then start_amount end',
    'increased': 'case when was_open and is_present and end_amount > start_amount'
        ~ ' then end_amount - start_amount end',
    'decreased': 'case when was_open and is_present and end_amount < start_amount'
        ~ ' then end_amount - start_amount end',
    'pushed_out': 'case when was_in_scope and is_open and not is_in_scope'
        ~ ' then -1 * start_amount end',
    'won': 'case when is_closed_in_period and is_won then -1 * end_amount end',
    'lost': 'case when is_closed_in_period and not is_won then -1 * end_amount end',
    'end': 'case when is_in_scope then end_amount end',
} -%}
with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

spans as (

    select * from {{ ref('int_deal_open_spans') }}

),

dated_values as (

    select * from {{ ref('int_deal_values_dated') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

first_opened as (

    select
        deal_id,
        min(open_from) as first_open_from

    from spans

    group by deal_id

),

-- A period starts with the deals that were open when the month before it ended.
at_start as (

    select
        periods.period_grain,
        periods.period_start,
        pipeline_months.deal_id,
        coalesce(pipeline_months.deal_amount, 0) as deal_amount,
        pipeline_months.expected_close_date

    from periods

    inner join pipeline_months
        on
            cast({{ dbt.dateadd('month', -1, 'periods.period_start') }} as date)
            = pipeline_months.month_start

),

at_end as (

    select
        period_months.period_grain,
        period_months.period_start,
        pipeline_months.deal_id,
        coalesce(pipeline_months.deal_amount, 0) as deal_amount,
        pipeline_months.expected_close_date

    from period_months

    inner join pipeline_months
        on period_months.month_start = pipeline_months.month_start

    where period_months.is_last_month

),

-- If a deal closes several times in a period, the last time counts. A closing that was taken back
-- later is a loss, even if the deal had been marked won: it is no booking.
closings as (

    select
        periods.period_grain,
        periods.period_start,
        spans.deal_id,
        spans.open_until,
        spans.is_last_span,
        row_number() over (
            partition by periods.period_grain, periods.period_start, spans.deal_id
            order by spans.span_number desc
        ) as closing_rank

    from periods

    inner join spans
        on
            periods.period_start <= spans.open_until
            and periods.period_end >= spans.open_until

),

closed_in_period as (

    select
        closings.period_grain,
        closings.period_start,
        closings.deal_id,
        closings.is_last_span and deals.is_won as is_won,
        coalesce(
            case when closings.is_last_span then deals.deal_amount else amounts.deal_amount end, 0
        ) as deal_amount

    from closings

    inner join deals
        on closings.deal_id = deals.deal_id

    left join dated_values as amounts
        on
            closings.deal_id = amounts.deal_id
            and amounts.property_name = 'amount'
            and closings.open_until >= amounts.valid_from
            and closings.open_until < amounts.valid_until

    where closings.closing_rank = 1

),

touched as (

    select
        period_grain,
        period_start,
        deal_id

    from at_start

    union

    select
        period_grain,
        period_start,
        deal_id

    from at_end

    union

    select
        period_grain,
        period_start,
        deal_id

    from closed_in_period

),

states as (

    select
        touched.period_grain,
        touched.period_start,
        periods.period_end,
        touched.deal_id,
        at_start.deal_id is not null as was_open,
        at_start.expected_close_date as start_expected_close_date,
        at_end.deal_id is not null as is_open,
        at_end.expected_close_date as end_expected_close_date,
        closed_in_period.deal_id is not null and at_end.deal_id is null as is_closed_in_period,
        coalesce(closed_in_period.is_won, false) as is_won,
        first_opened.first_open_from >= touched.period_start as is_new,
        coalesce(at_start.deal_amount, 0) as start_amount,
        coalesce(at_end.deal_amount, closed_in_period.deal_amount, 0) as end_amount

    from touched

    inner join periods
        on
            touched.period_grain = periods.period_grain
            and touched.period_start = periods.period_start

    inner join first_opened
        on touched.deal_id = first_opened.deal_id

    left join at_start
        on
            touched.period_grain = at_start.period_grain
            and touched.period_start = at_start.period_start
            and touched.deal_id = at_start.deal_id

    left join at_end
        on
            touched.period_grain = at_end.period_grain
            and touched.period_start = at_end.period_start
            and touched.deal_id = at_end.deal_id

    left join closed_in_period
        on
            touched.period_grain = closed_in_period.period_grain
            and touched.period_start = closed_in_period.period_start
            and touched.deal_id = closed_in_period.deal_id

),

scopes as (

    select
        'all_open' as pipeline_scope,
        true as is_everything

    union all

    select
        'closing_in_period' as pipeline_scope,
        false as is_everything

),

-- A deal that closes within the period belongs to it, whatever date was expected before.
scoped as (

    select
        scopes.pipeline_scope,
        states.*,
        states.was_open and (
            scopes.is_everything
            or coalesce(
                states.start_expected_close_date between states.period_start and states.period_end,
                false
            )
        ) as was_in_scope,
        states.is_open and (
            scopes.is_everything
            or coalesce(
                states.end_expected_close_date between states.period_start and states.period_end,
                false
            )
        ) as is_in_scope

    from states

    cross join scopes

),

present as (

    select
        *,
        is_in_scope or is_closed_in_period as is_present

    from scoped

),

{{ listed('movements', 'pipeline_movement', movements) }},

each as (

    select
        present.pipeline_scope,
        present.period_grain,
        present.period_start,
        present.deal_id,
        movements.pipeline_movement,
        case movements.pipeline_movement
            {%- for movement, amount in movements.items() %}
            when '{{ movement }}' then {{ amount }}
            {%- endfor %}
        end as movement_amount

    from present

    cross join movements

),

final as (

    select
        each.pipeline_scope,
        each.period_grain,
        each.period_start,
        each.deal_id,
        each.pipeline_movement,
        deals.owner_name,
        deals.team,
        deals.pipeline_name,
        deals.channel,
        cast(each.movement_amount as decimal(28, 8)) as movement_amount

    from each

    inner join deals
        on each.deal_id = deals.deal_id

    where each.movement_amount != 0

)

select * from final
