with deals as (

    select * from {{ ref('agg_deals') }}

),

final as (

    {{ kpi_rows('average_deal_size', 'standard', 'deals', 'won_amount', 'won_priced_count') }}

)

select * from final
