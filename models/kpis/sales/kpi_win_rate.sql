-- Of a deal whose stage is in no pipeline nobody knows whether it was won.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

{{ measured_by_period('closed', 'deals', 'closed_date', var('deal_cuts'), {
    'closed_count': 'count(deal_id)',
    'won_count': 'count(case when is_won then deal_id end)',
}, amounts={
    'closed_amount': ('deal_amount', 'true'),
    'won_amount': ('deal_amount', 'is_won'),
}) }},

{{ measured_by_period('created', 'deals', 'created_date', var('deal_cuts'), {
    'created_count': 'count(deal_id)',
    'won_count': 'count(case when is_won then deal_id end)',
}) }},

final as (

    {{ kpi_rows('win_rate', 'count', 'closed', 'won_count', 'closed_count') }}

    union all

    {{ kpi_rows('win_rate', 'value', 'closed', 'won_amount', 'closed_amount') }}

    union all

    {{ kpi_rows('win_rate', 'created_cohort', 'created', 'won_count', 'created_count') }}

)

select * from final
