with months as (

    select * from {{ ref('int_months') }}

),

weeks as (

    select * from {{ ref('int_weeks') }} where week_start <= reporting_date

),

first_months as (

    select min(month_start) as first_month from months

),

starts as (

    select
        month_start as piece_start,
        reporting_date

    from months

    union

    -- The first week may have begun before the first month, where there is no data.
    select
        weeks.week_start as piece_start,
        weeks.reporting_date

    from weeks

    inner join first_months
        on weeks.week_start > first_months.first_month

),

pieces as (

    select
        piece_start,
        cast({{ dbt.date_trunc('month', 'piece_start') }} as date) as month_start,
        {{ week_of('piece_start') }} as week_start,
        lead(piece_start) over (order by piece_start) as next_piece_start,
        reporting_date

    from starts

),

final as (

    select
        piece_start,
        month_start,
        week_start,
        -- A balance is that of the piece's last day, and never of a day after the report.
        coalesce(
            cast({{ dbt.dateadd('day', -1, 'next_piece_start') }} as date), reporting_date
        ) as balance_date,
        -- The running week and month end, for now, with the report.
        next_piece_start is null
        or cast({{ dbt.date_trunc('month', 'next_piece_start') }} as date) != month_start
            as is_month_end,
        next_piece_start is null
        or {{ week_of('next_piece_start') }} != week_start as is_week_end

    from pieces

)

select * from final
