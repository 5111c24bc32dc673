{{ config(enabled=connector_is_active('demo')) }}

select
    entry_id,
    booked_on,
    account_code,
    account_label as account_name,
    department,
    supplier,
    amount as entry_amount,
    currency,
    campaign_id,
    owner_id

from {{ extract('demo', 'expense_ledger') }}
