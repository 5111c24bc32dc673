with {{ accepted_inputs('expense_ledger') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('entry_id') }} as entry_id,
        cast(booked_on as date) as booked_on,
        account_code,
        account_name,
        department,
        supplier,
        cast(entry_amount as decimal(18, 2)) as entry_amount,
        currency,
        {{ entity_id('campaign_id') }} as campaign_id,
        {{ entity_id('owner_id') }} as owner_id

    from accepted

)

select * from final
