with trials as (

    select * from {{ ref('agg_trials') }}

),

final as (

    {{ kpi_rows(
        'trial_conversion_rate', 'by_end', 'trials', 'ended_converted_count', 'ended_count'
    ) }}

    union all

    {{ kpi_rows(
        'trial_conversion_rate', 'by_start', 'trials', 'started_converted_count',
        'started_over_count',
        is_provisional='(period_end > reporting_date or coalesce(started_running_count, 0) > 0)'
    ) }}

)

select * from final
