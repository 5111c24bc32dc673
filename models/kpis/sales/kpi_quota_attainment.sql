with quotas as (

    select * from {{ ref('agg_quota_reps') }}

),

final as (

    {{ kpi_rows('quota_attainment', 'amount', 'quotas', 'won_amount', 'quota_amount') }}

    union all

    {{ kpi_rows('quota_attainment', 'reps_at_quota', 'quotas', 'reached_count', 'rep_count') }}

)

select * from final
