with {{ accepted_inputs(
    'campaign_spend', spelled={'source': 'channels', 'currency': 'currency_rates'}
) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ as_day('spent_on') }} as spent_on,
        {{ entity_id('campaign_id') }} as campaign_id,
        spelled_source as source,
        {{ as_number('spend_amount', 'decimal(18, 2)') }} as spend_amount,
        spelled_currency as currency

    from accepted

)

select * from final
