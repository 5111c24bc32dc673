with quotas as (

    select * from {{ ref('agg_quota_reps') }}

),

months as (

    select
        *,
        {{ dbt.datediff('period_start', 'least(period_end, reporting_date)', 'month') }} + 1
            as month_count

    from quotas

),

-- Reps on the average of the months that have begun: who came in the middle of a year is half a rep
-- of it.
reps as (

    select
        *,
        {{ ratio('ramped_rep_months', 'month_count') }} as ramped_rep_count,
        {{ ratio('rep_month_count', 'month_count') }} as rep_average_count

    from months

),

final as (

    {{ kpi_rows('ramped_rep_yield', 'ramped_reps', 'reps', 'won_amount', 'ramped_rep_count') }}

    union all

    {{ kpi_rows('ramped_rep_yield', 'all_reps', 'reps', 'won_amount', 'rep_average_count') }}

)

select * from final
