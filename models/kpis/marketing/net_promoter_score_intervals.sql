with respondents as (

    select * from {{ ref('agg_feedback_respondents') }}

),

answers as (

    select * from {{ ref('agg_feedback_answers') }}

),

counted as (

    select
        'latest_per_contact' as variant,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        promoter_count,
        passive_count,
        detractor_count

    from respondents

    union all

    select
        'all_responses' as variant,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        promoter_count,
        passive_count,
        detractor_count

    from answers

),

shares as (

    select
        *,
        promoter_count + passive_count + detractor_count as response_count,
        {{ divide('promoter_count', 'promoter_count + passive_count + detractor_count') }}
            as promoter_share,
        {{ divide('detractor_count', 'promoter_count + passive_count + detractor_count') }}
            as detractor_share

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
        response_count,
        promoter_count,
        passive_count,
        detractor_count,
        {{ ratio('100 * (promoter_count - detractor_count)', 'response_count') }} as value,
        -- Answers that are all alike, or a single one, do not show how far others would lie.
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
