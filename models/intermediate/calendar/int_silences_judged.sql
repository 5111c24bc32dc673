with evident_days as (

    select input_date from {{ ref('int_input_days_chosen') }}

),

numbered as (

    select
        input_date,
        lag(input_date) over (order by input_date asc) as previous_date,
        count(*) over (
            order by input_date asc
            rows between current row and unbounded following
        ) as days_from_here_on,
        count(*) over () as day_count

    from evident_days

),

silences as (

    select
        numbered.*,
        {{ dbt.datediff('previous_date', 'input_date', 'day') }} as silence_days

    from numbered

),

with_the_year_before as (

    select
        silences.*,
        max(silence_days) over (
            order by input_date asc
            range between interval '365' day preceding and current row
        ) as longest_silence_days

    from silences

),

suspects as (

    select
        input_date,
        silence_days,
        days_from_here_on,
        day_count - days_from_here_on as days_until_then,
        cast({{ dbt.dateadd('day', '(-1 * silence_days)', 'previous_date') }} as date)
            as compared_from,
        lag(longest_silence_days) over (order by input_date asc) as usual_silence_days

    from with_the_year_before

),

-- Each silence stands on the day from which the days before it are counted.
timeline as (

    select
        input_date as timeline_date,
        1 as is_evident,
        cast(null as date) as input_date,
        cast(null as bigint) as silence_days,
        cast(null as bigint) as days_from_here_on,
        cast(null as bigint) as days_until_then

    from evident_days

    union all

    select
        compared_from as timeline_date,
        0 as is_evident,
        input_date,
        silence_days,
        days_from_here_on,
        days_until_then

    from suspects

    where silence_days > coalesce(usual_silence_days, 0)

),

compared as (

    select
        timeline.*,
        days_until_then - sum(is_evident) over (
            order by timeline_date asc
            range between unbounded preceding and current row
        ) as days_before

    from timeline

),

-- One moment that was typed ahead must not move the report. The days after a silence were typed
-- ahead if two things hold. The silence is longer than any of the year before it. And of as many
-- days before it as it is long, ten times as many have moments as follow it, which takes ten days
-- at least; after a silence of more than a year it is enough that more have. Days are compared, not
-- rows: an import puts thousands of rows on one day.
final as (

    select
        input_date,
        silence_days,
        cast(days_before as bigint) as days_before,
        days_from_here_on,
        days_before >= 10 * days_from_here_on
        or (silence_days > 366 and days_before > days_from_here_on) as is_typed_ahead

    from compared

    where is_evident = 0

)

select * from final
