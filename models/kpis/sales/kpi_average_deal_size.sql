with deals as (

    select * from {{ ref('fct_deals') }}

),

{{ measured_by_period('closed', 'deals', 'closed_date', var('deal_cuts'), {
    'won_count': 'count(case when is_won then deal_id end)',
    'won_amount': 'sum(case when is_won then deal_amount end)',
}) }},

final as (

    {{ kpi_rows('average_deal_size', 'standard', 'closed', 'won_amount', 'won_count') }}

)

select * from final
