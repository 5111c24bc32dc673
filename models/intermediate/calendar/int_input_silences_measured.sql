-- Days up to the report alone: what is planned for later breaks no silence.
with input_days as (

    select * from {{ ref('int_input_days_counted') }}

),

reporting as (

    select reporting_date from {{ ref('int_reporting_date') }}

),

days_until_the_report as (

    select distinct
        input_days.source_system,
        input_days.table_name,
        input_days.input_date,
        reporting.reporting_date

    from input_days

    cross join reporting

    where
        input_days.evidence > 0
        and input_days.input_date <= reporting.reporting_date

),

numbered as (

    select
        source_system,
        table_name,
        input_date,
        reporting_date,
        max(input_date) over (partition by source_system, table_name) as latest_date,
        lag(input_date) over (
            partition by source_system, table_name order by input_date asc
        ) as previous_date

    from days_until_the_report

),

year_before as (

    select
        source_system,
        table_name,
        latest_date,
        {{ dbt.datediff('latest_date', 'reporting_date', 'day') }} as silence_days,
        case
            when previous_date > cast({{ dbt.dateadd('day', -365, 'latest_date') }} as date)
                then {{ dbt.datediff('previous_date', 'input_date', 'day') }}
        end as earlier_silence_days

    from numbered

    where input_date > cast({{ dbt.dateadd('day', -365, 'latest_date') }} as date)

),

measured as (

    select
        source_system,
        table_name,
        latest_date,
        silence_days,
        count(*) as day_count,
        max(earlier_silence_days) as longest_silence_days

    from year_before

    group by
        source_system,
        table_name,
        latest_date,
        silence_days

),

-- A loader that stopped: silent for much longer than it used to be. A week is no silence, and few
-- days do not tell what is usual.
final as (

    select
        measured.*,
        {% if var('stale_after_silences') -%}
        day_count >= 10
        and silence_days
        > greatest(7, {{ var('stale_after_silences') }} * longest_silence_days) as is_stale
        {%- else -%}
        false as is_stale
        {%- endif %}

    from measured

)

select * from final
