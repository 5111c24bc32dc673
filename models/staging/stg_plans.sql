with {{ accepted_inputs(
    'plans', blanked=['billing_interval', 'interval_count', 'is_active'],
    spelled={'currency': 'currency_rates'}
) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('plan_id') }} as plan_id,
        plan_name,
        {{ as_choice('product_family') }} as product_family,
        {{ unless_blanked('billing_interval', as_choice('billing_interval')) }} as billing_interval,
        coalesce({{ unless_blanked('interval_count', as_number('interval_count', 'integer')) }}, 1)
            as interval_count,
        {{ as_number('list_price', 'decimal(18, 2)') }} as list_price,
        spelled_currency as currency,
        {{ unless_blanked('is_active', as_boolean('is_active')) }} as is_active

    from accepted

)

select * from final
