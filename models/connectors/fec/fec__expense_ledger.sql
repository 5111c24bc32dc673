{{ config(enabled=connector_is_active('fec')) }}

{#- Expenses are the accounts of class 6, and those of other classes that cost_accounts names. -#}
{{ ledger_expenses(
    ref('base_fec__lines'),
    ids=['journal_code', 'entry_number', 'booked_on', 'account_code', 'supplier', 'line_text'],
    expenses="lines.account_code like '6%'",
) }}
