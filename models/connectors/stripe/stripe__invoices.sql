{{ config(enabled=connector_is_active('stripe')) }}

select
    invoice_id,
    customer_id as company_id,
    subscription_id,
    'invoice' as invoice_type,
    status as invoice_status,
    currency,
    total_excluding_tax as amount_excl_tax,
    cast({{ amount_of('total') }} - {{ amount_of('total_excluding_tax') }} as varchar)
        as tax_amount,
    coalesce(effective_on, finalized_on, created_on) as issued_on,
    due_on,
    paid_on

from {{ ref('base_stripe__invoices') }}

union all

select
    notes.credit_note_id as invoice_id,
    coalesce(notes.customer_id, invoices.customer_id) as company_id,
    invoices.subscription_id,
    'credit_note' as invoice_type,
    {{ word('notes.status', {'issued': 'paid'}) }} as invoice_status,
    notes.currency,
    cast(-1 * {{ amount_of('coalesce(notes.total_excluding_tax, notes.subtotal)') }} as varchar)
        as amount_excl_tax,
    cast(
        {{ amount_of('coalesce(notes.total_excluding_tax, notes.subtotal)') }}
        - {{ amount_of('notes.total') }} as varchar
    ) as tax_amount,
    coalesce(notes.effective_on, notes.created_on) as issued_on,
    cast(null as date) as due_on,
    cast(null as date) as paid_on

from {{ ref('base_stripe__credit_notes') }} as notes

left join {{ ref('base_stripe__invoices') }} as invoices on notes.invoice_id = invoices.invoice_id
