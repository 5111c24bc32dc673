with pieces as (

    select * from {{ ref('int_pieces') }}

),

period_months as (

    select * from {{ ref('int_period_months') }}

),

period_weeks as (

    select * from {{ ref('int_period_weeks') }}

),

-- Each period is made of whole pieces.
period_pieces as (

    select
        period_months.period_grain,
        period_months.period_start,
        period_months.period_end,
        pieces.piece_start

    from pieces

    inner join period_months
        on pieces.month_start = period_months.month_start

    union all

    select
        period_weeks.period_grain,
        period_weeks.period_start,
        period_weeks.period_end,
        pieces.piece_start

    from pieces

    inner join period_weeks
        on pieces.week_start = period_weeks.week_start

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        piece_start,
        piece_start = min(piece_start) over (partition by period_grain, period_start)
            as is_first_piece,
        piece_start = max(piece_start) over (partition by period_grain, period_start)
            as is_last_piece

    from period_pieces

)

select * from final
