{%- set min_cases = var('min_forecast_cases') -%}
with stages as (

    select * from {{ ref('int_deal_stages_seen') }}

),

deals as (

    select * from {{ ref('int_forecast_deals') }}

),

origins as (

    select * from {{ ref('int_forecast_origins') }}

),

months as (

    select * from {{ ref('int_forecast_months') }}

),

latest_origins as (

    select max(origin_date) as last_origin_date from origins

),

stages_passed as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        min(seen_from) as passed_date

    from stages

    where not is_closed

    group by
        deal_id,
        pipeline_id,
        stage_id

),

-- A decision counts from its evening on, and no more from the evening on which it was taken back.
decisions as (

    select
        deal_id,
        seen_from as decided_date,
        seen_from as changed_date,
        is_won,
        1 as change

    from stages

    where is_closed

    union all

    select
        deal_id,
        seen_from as decided_date,
        seen_until as changed_date,
        is_won,
        -1 as change

    from stages

    where is_closed

),

changes as (

    select
        stages_passed.pipeline_id,
        stages_passed.stage_id,
        least(
            cast({{ dbt.dateadd(
                'month', 1, dbt.date_trunc('month', 'decisions.changed_date')
            ) }} as date),
            latest_origins.last_origin_date
        ) as known_on,
        sum(decisions.change) as decided_change,
        sum(case when decisions.is_won then decisions.change else 0 end) as won_change

    from decisions

    inner join stages_passed
        on
            decisions.deal_id = stages_passed.deal_id
            and decisions.decided_date > stages_passed.passed_date

    cross join latest_origins

    -- What is decided still has not been taken back.
    where decisions.changed_date < latest_origins.last_origin_date

    group by
        stages_passed.pipeline_id,
        stages_passed.stage_id,
        least(
            cast({{ dbt.dateadd(
                'month', 1, dbt.date_trunc('month', 'decisions.changed_date')
            ) }} as date),
            latest_origins.last_origin_date
        )

),

stage_rates as (

    select
        origins.origin_date,
        changes.pipeline_id,
        changes.stage_id,
        sum(changes.decided_change) as decided_count,
        sum(changes.won_change) as won_count

    from origins

    inner join changes
        on origins.origin_date >= changes.known_on

    group by
        origins.origin_date,
        changes.pipeline_id,
        changes.stage_id

),

overall_rates as (

    select
        origin_date,
        sum(decided_count) as decided_count,
        sum(won_count) as won_count

    from stage_rates

    group by origin_date

),

amounts as (

    select
        origin_date,
        team,
        pipeline_id,
        stage_id,
        due_month,
        sum(deal_amount) as open_amount,
        count(deal_id) as deal_count,
        count(case when due_month is not null then deal_amount end) as valued_count

    from deals

    group by
        origin_date,
        team,
        pipeline_id,
        stage_id,
        due_month

),

-- A stage of too few decided deals has the rate of all stages.
weighted as (

    select
        amounts.origin_date,
        amounts.team,
        amounts.due_month,
        sum(cast(
            cast(amounts.open_amount as decimal(28, 2)) * cast(
                case
                    when stage_rates.decided_count >= {{ min_cases }}
                        then {{ ratio('stage_rates.won_count', 'stage_rates.decided_count') }}
                    else {{ ratio('overall_rates.won_count', 'overall_rates.decided_count') }}
                end as decimal(9, 8)
            ) as decimal(28, 8)
        )) as weighted_amount

    from amounts

    inner join overall_rates
        on amounts.origin_date = overall_rates.origin_date

    left join stage_rates
        on
            amounts.origin_date = stage_rates.origin_date
            and amounts.pipeline_id = stage_rates.pipeline_id
            and amounts.stage_id = stage_rates.stage_id

    where amounts.due_month is not null

    group by
        amounts.origin_date,
        amounts.team,
        amounts.due_month

),

-- Deals of which no amount or no day is known cannot be weighted; where no deal is open, 0 is.
known_origins as (

    select overall_rates.origin_date

    from overall_rates

    left join amounts
        on overall_rates.origin_date = amounts.origin_date

    where overall_rates.decided_count >= {{ min_cases }}

    group by overall_rates.origin_date

    having
        coalesce(sum(amounts.deal_count), 0) = 0
        or sum(amounts.valued_count) > 0

),

final as (

    select
        months.origin_date,
        months.month_start,
        months.team,
        'stage_weighted' as forecast_method,
        case
            when known_origins.origin_date is not null
                then cast(coalesce(weighted.weighted_amount, 0) as decimal(28, 8))
        end as rest_amount

    from months

    left join known_origins
        on months.origin_date = known_origins.origin_date

    left join weighted
        on
            months.origin_date = weighted.origin_date
            and months.team = weighted.team
            and months.month_start = weighted.due_month

)

select * from final
