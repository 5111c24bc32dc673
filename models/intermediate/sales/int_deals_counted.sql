with deals as (

    select * from {{ ref('stg_deals') }} where is_counted

),

excluded as (

    select * from {{ ref('int_deals_excluded') }}

),

final as (

    select deals.*

    from deals

    left join excluded
        on deals.deal_id = excluded.deal_id

    where excluded.deal_id is null

)

select * from final
