with {{ accepted_inputs('campaign_spend') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        cast(spent_on as date) as spent_on,
        {{ entity_id('campaign_id') }} as campaign_id,
        source,
        cast(spend_amount as decimal(18, 2)) as spend_amount,
        currency

    from accepted

)

select * from final
