with answers as (

    select * from {{ ref('fct_feedback') }} where nps_group is not null

),

periods as (

    select * from {{ ref('dim_periods') }}

),

-- The last answer of a month need not be the last one of its quarter: each period has its own.
answers_of_periods as (

    select
        periods.period_grain,
        periods.period_start,
        answers.*,
        row_number() over (
            partition by periods.period_grain, periods.period_start, answers.respondent_id
            order by answers.submitted_at desc, answers.feedback_id desc
        ) as answer_rank

    from answers

    inner join periods
        on
            answers.submitted_date >= periods.period_start
            and answers.submitted_date <= periods.period_end

),

latest_answers as (

    select * from answers_of_periods where answer_rank = 1

),

{%- set measures = {
    'promoter_count': "count(case when nps_group = 'promoter' then feedback_id end)",
    'passive_count': "count(case when nps_group = 'passive' then feedback_id end)",
    'detractor_count': "count(case when nps_group = 'detractor' then feedback_id end)",
} %}

{{ measured_by_period('latest', 'latest_answers', none, var('feedback_cuts'), measures,
    months='given') }},

{{ measured_by_period('each_answer', 'answers_of_periods', none, var('feedback_cuts'), measures,
    months='given') }},

counted as (

    select
        'latest_per_contact' as variant,
        latest.*

    from latest

    union all

    select
        'all_responses' as variant,
        each_answer.*

    from each_answer

),

shares as (

    select
        *,
        promoter_count + passive_count + detractor_count as response_count,
        cast(promoter_count as {{ kpi_part_type() }})
        / nullif(promoter_count + passive_count + detractor_count, 0) as promoter_share,
        cast(detractor_count as {{ kpi_part_type() }})
        / nullif(promoter_count + passive_count + detractor_count, 0) as detractor_share

    from counted

),

-- Half the width of the interval: an answer is 1, 0 or -1, and their mean has this deviation.
deviations as (

    select
        *,
        100 * 1.96 * sqrt(
            (
                promoter_share + detractor_share
                - (promoter_share - detractor_share) * (promoter_share - detractor_share)
            ) / response_count
        ) as half_width

    from shares

),

final as (

    select
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        cast(response_count as bigint) as response_count,
        cast(promoter_count as bigint) as promoter_count,
        cast(passive_count as bigint) as passive_count,
        cast(detractor_count as bigint) as detractor_count,
        {{ ratio('100 * (promoter_count - detractor_count)', 'response_count') }} as value,
        -- Answers that are all alike, one above all, do not tell how far others would lie.
        case
            when half_width > 0
                then cast(
                    greatest(100 * (promoter_share - detractor_share) - half_width, -100)
                    as {{ kpi_value_type() }}
                )
        end as interval_low,
        case
            when half_width > 0
                then cast(
                    least(100 * (promoter_share - detractor_share) + half_width, 100)
                    as {{ kpi_value_type() }}
                )
        end as interval_high,
        period_end > reporting_date as is_provisional

    from deviations

)

select * from final
