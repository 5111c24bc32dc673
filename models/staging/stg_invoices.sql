with {{ accepted_inputs('invoices') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('invoice_id') }} as invoice_id,
        {{ entity_id('company_id') }} as company_id,
        {{ entity_id('subscription_id') }} as subscription_id,
        {{ entity_id('deal_id') }} as deal_id,
        invoice_type,
        invoice_status,
        currency,
        cast(amount_excl_tax as decimal(18, 2)) as amount_excl_tax,
        cast(tax_amount as decimal(18, 2)) as tax_amount,
        cast(issued_on as date) as issued_on,
        cast(due_on as date) as due_on,
        cast(paid_on as date) as paid_on

    from accepted

)

select * from final
