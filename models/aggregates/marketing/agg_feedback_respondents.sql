with answers as (

    select * from {{ ref('fct_feedback') }} where nps_group is not null

),

periods as (

    select * from {{ ref('dim_periods') }} where period_grain in ({{ month_grains() }})

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

{{ aggregated('latest_answers', cuts_of('feedback_cuts'), {
    'latest': {
        'parts': 'given',
        'counts': {
            'promoter_count': "count(case when nps_group = 'promoter' then feedback_id end)",
            'passive_count': "count(case when nps_group = 'passive' then feedback_id end)",
            'detractor_count': "count(case when nps_group = 'detractor' then feedback_id end)",
        },
    },
}, record=['answer', 'feedback_id', 'fct_feedback']) }}

select * from final
