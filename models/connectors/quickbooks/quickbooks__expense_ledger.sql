{{ config(enabled=connector_is_active('quickbooks')) }}

{#- The report rarely says what an account is: one that nobody has named may be an expense. -#}
{{ ledger_expenses(
    ref('base_quickbooks__lines'),
    ids=[
        'transaction_type', 'document_number', 'booked_on', 'account_code', 'supplier', 'line_text',
        'department',
    ],
    expenses='not ' ~ is_no_expense_type('lines.account_type'),
    has_department=true,
    lists_others=true,
) }}
