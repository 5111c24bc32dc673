{{ config(enabled=connector_is_active('demo')) }}

select
    invoice_id,
    company_id,
    subscription_id,
    deal_id,
    invoice_type,
    status as invoice_status,
    currency,
    amount_excl_tax,
    tax_amount,
    issued_on,
    due_on,
    paid_on

from {{ extract('demo', 'invoices') }}
