with quotas as (

    select * from {{ ref('agg_quota_reps') }}

),

final as (

    {{ kpi_rows(
        'ramped_rep_yield', 'ramped_reps', 'quotas', 'won_amount', 'ramped_rep_months'
    ) }}

    union all

    {{ kpi_rows('ramped_rep_yield', 'all_reps', 'quotas', 'won_amount', 'rep_month_count') }}

)

select * from final
