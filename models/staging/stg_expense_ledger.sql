{%- set spelled = {
    'account_code': 'cost_accounts', 'department': 'departments', 'currency': 'currency_rates',
} -%}
with {{ accepted_inputs('expense_ledger', spelled=spelled) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('entry_id') }} as entry_id,
        {{ as_day('booked_on') }} as booked_on,
        spelled_account_code as account_code,
        account_name,
        spelled_department as department,
        supplier,
        {{ as_number('entry_amount', 'decimal(18, 2)') }} as entry_amount,
        spelled_currency as currency,
        {{ entity_id('campaign_id') }} as campaign_id,
        {{ entity_id('owner_id') }} as owner_id

    from accepted

)

select * from final
