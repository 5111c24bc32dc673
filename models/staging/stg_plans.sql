with {{ accepted_inputs('plans') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('plan_id') }} as plan_id,
        plan_name,
        product_family,
        billing_interval,
        coalesce(
            cast(round(cast(interval_count as decimal(18, 4))) as integer), 1
        ) as interval_count,
        cast(list_price as decimal(18, 2)) as list_price,
        currency,
        cast(is_active as boolean) as is_active

    from accepted

)

select * from final
