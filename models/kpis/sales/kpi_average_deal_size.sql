-- Of a deal whose stage is in no pipeline nobody knows whether it was won.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

{{ measured_by_period('closed', 'deals', 'closed_date', var('deal_cuts'), {
    'priced_count': 'count(case when is_won then deal_amount end)',
}, amounts={
    'won_amount': ('deal_amount', 'is_won'),
}) }},

final as (

    {{ kpi_rows('average_deal_size', 'standard', 'closed', 'won_amount', 'priced_count') }}

)

select * from final
