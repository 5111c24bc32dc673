with purchases as (

    select * from {{ ref('agg_purchases') }}

),

final as (

    {{ kpi_rows(
        'repeat_purchase_rate', 'standard', 'purchases', 'returning_buyer_count', 'buyer_count'
    ) }}

)

select * from final
