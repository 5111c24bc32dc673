{{ config(enabled=connector_is_active('fec')) }}

{#- Expenses are the accounts of class 6, and those of other classes that cost_accounts names. -#}
select
    {{ dbt.hash(
        "concat_ws('|', lines.journal_code, lines.entry_number, lines.booked_on,"
        ~ " lines.account_code, lines.supplier, lines.line_text, lines.amount, lines.copy_number)"
    ) }} as entry_id,
    lines.booked_on,
    lines.account_code,
    lines.account_name,
    lines.supplier,
    lines.amount as entry_amount,
    '{{ var("reporting_currency") }}' as currency

from {{ ref('base_fec__lines') }} as lines

left join {{ ref('cost_accounts') }} as accounts
    on lines.account_code = accounts.account_code

where lines.account_code like '6%' or accounts.account_code is not null
