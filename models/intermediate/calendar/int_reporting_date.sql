with input_days as (

    select * from {{ ref('int_input_days_counted') }}

),

best_evidence as (

    select min(case when evidence > 0 then evidence end) as evidence from input_days

),

evident_days as (

    select distinct input_days.input_date

    from input_days

    inner join best_evidence
        on input_days.evidence = best_evidence.evidence

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
        previous_date,
        silence_days,
        days_from_here_on,
        day_count - days_from_here_on as days_until_then,
        cast({{ dbt.dateadd('day', '(-1 * silence_days)', 'previous_date') }} as date)
            as compared_from,
        lag(longest_silence_days) over (order by input_date asc) as usual_silence_days

    from with_the_year_before

),

long_silences as (

    select *

    from suspects

    where silence_days > coalesce(usual_silence_days, 0)

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

    from long_silences

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

-- One moment that was typed ahead must not move the report. What follows a silence was, if the
-- silence is longer than any of the year before it, and if ten times as many days with moments lie
-- in as many days before it as follow it, which takes ten days at least; of a silence longer than a
-- year, if just more do. Days are compared, not rows: an import puts thousands of rows on one day.
typed_ahead as (

    select input_date

    from compared

    where
        days_before >= 10 * days_from_here_on
        or (silence_days > 366 and days_before > days_from_here_on)

),

first_typed_ahead as (

    select min(input_date) as input_date from typed_ahead

),

last_days as (

    select max(evident_days.input_date) as last_date

    from evident_days

    cross join first_typed_ahead

    where
        first_typed_ahead.input_date is null
        or evident_days.input_date < first_typed_ahead.input_date

),

first_days as (

    select min(input_date) as first_date from input_days

),

final as (

    select
        first_days.first_date,
        {% if var('reporting_date') -%}
        cast('{{ var("reporting_date") }}' as date) as reporting_date,
        {%- else -%}
        last_days.last_date as reporting_date,
        {%- endif %}
        last_days.last_date,
        best_evidence.evidence

    from first_days

    cross join last_days

    cross join best_evidence

)

select * from final
