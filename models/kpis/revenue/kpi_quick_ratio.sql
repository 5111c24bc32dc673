with mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

{{ measured_by_period('moved', 'mrr_movements', 'month_start', var('invoice_cuts'), {
    'gained_amount': "sum(case when movement in ('new', 'expansion', 'reactivation') "
        ~ "then movement_amount else 0 end)",
    'lost_amount': "-1 * sum(case when movement in ('churn', 'contraction') "
        ~ "then movement_amount else 0 end)",
}) }},

final as (

    {{ kpi_rows('quick_ratio', 'standard', 'moved', 'gained_amount', 'lost_amount') }}

)

select * from final
