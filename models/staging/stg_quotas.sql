with {{ accepted_inputs('quotas') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        cast(quarter_start as date) as quarter_start,
        cast(quota_amount as decimal(18, 2)) as quota_amount,
        currency

    from accepted

)

select * from final
