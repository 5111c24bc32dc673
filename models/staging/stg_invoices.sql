with {{ accepted_inputs('invoices', spelled={'currency': 'currency_rates'}) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('invoice_id') }} as invoice_id,
        {{ entity_id('company_id') }} as company_id,
        {{ entity_id('subscription_id') }} as subscription_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ as_choice('invoice_type') }} as invoice_type,
        {{ as_choice('invoice_status') }} as invoice_status,
        spelled_currency as currency,
        {{ as_number('amount_excl_tax', 'decimal(18, 2)') }} as amount_excl_tax,
        {{ as_number('tax_amount', 'decimal(18, 2)') }} as tax_amount,
        {{ as_day('issued_on') }} as issued_on,
        {{ as_day('due_on') }} as due_on,
        {{ as_day('paid_on') }} as paid_on

    from accepted

)

select * from final
