with {{ accepted_inputs(
    'campaigns', spelled={'source': 'channels', 'currency': 'currency_rates'}
) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('campaign_id') }} as campaign_id,
        campaign_name,
        spelled_source as source,
        {{ as_day('start_date') }} as start_date,
        {{ as_last_day('end_date') }} as end_date,
        {{ as_number('budget_amount', 'decimal(18, 2)') }} as budget_amount,
        spelled_currency as currency

    from accepted

)

select * from final
