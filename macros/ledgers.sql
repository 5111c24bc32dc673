{#-
    The entries of a ledger on its expense accounts, with the columns of `input_expense_ledger`.
    `lines` is a base model with the account, the day, the supplier, the text and the signed amount
    of each line, debits above 0, and with `copy_number`, which tells equal lines apart.

    ids            the columns of `lines` that make the id of an entry
    expenses       a condition on `lines`: which accounts are expenses
    has_department whether the lines know the department
    lists_others   whether the seed `ledger_other_accounts` names accounts that are none

    An account that `cost_accounts` lists is an expense in any case.
-#}
{% macro ledger_expenses(lines, ids, expenses, has_department=false, lists_others=false) -%}
select
    {{ dbt.hash(
        "concat_ws('|', lines." ~ (ids + ['amount', 'copy_number']) | join(', lines.') ~ ')'
    ) }} as entry_id,
    lines.booked_on,
    lines.account_code,
    lines.account_name,
    {%- if has_department %}
    lines.department,
    {%- endif %}
    lines.supplier,
    lines.amount as entry_amount,
    {{ currency_of_source('reporting') }} as currency

from {{ lines }} as lines

left join {{ ref('cost_accounts') }} as accounts
    on {{ as_choice('lines.account_code') }} = {{ as_choice('accounts.account_code') }}
{%- if lists_others %}

left join {{ ref('ledger_other_accounts') }} as others
    on
        others.source_system = '{{ this_connector() }}'
        and {{ as_choice('lines.account_code') }} = {{ as_choice('others.account_code') }}
{%- endif %}

where
    accounts.account_code is not null
    or ({{ expenses }}{% if lists_others %} and others.account_code is null{% endif %})
{%- endmacro %}


{#-
    A signed amount of two columns, debits above 0: one that cannot be read stays as it was, so that
    the gate can name it. Both are texts as `money` writes them.
-#}
{% macro debit_less_credit(debit, credit) -%}
case
        when read_number(coalesce({{ debit }}, '0')) is null then {{ debit }}
        when read_number(coalesce({{ credit }}, '0')) is null then {{ credit }}
        else {{ as_text(
            "cast(read_number(coalesce(" ~ debit ~ ", '0')) as decimal(28, 2))"
            ~ " - cast(read_number(coalesce(" ~ credit ~ ", '0')) as decimal(28, 2))"
        ) }}
    end
{%- endmacro %}


{#- The amount with the other sign; one that cannot be read stays as it was. -#}
{% macro negated(x) -%}
case
        when read_number({{ x }}) is null then {{ x }}
        else {{ as_text("-1 * cast(read_number(" ~ x ~ ") as decimal(28, 2))") }}
    end
{%- endmacro %}


{#-
    The code of an account whose name begins with its number, such as `6100 Travel` or
    `6000 Costs:6100 - Travel`; of others the name itself.
-#}
{% macro account_code_of(x) -%}
coalesce(
        nullif(regexp_extract({{ x }}, '(?:^|:)([0-9][0-9.]*[0-9]) (?:[^:]|: )*$', 1), ''),
        {{ x }}
    )
{%- endmacro %}


{#- Whether an account has a type that is no expense; a type that is not known may be one. -#}
{% macro is_no_expense_type(x) -%}
coalesce(
        {{ as_choice(x) }} in (
            'bank', 'accounts_receivable_(a/r)', 'accounts_receivable', 'other_current_assets',
            'other_current_asset', 'current_asset', 'fixed_assets', 'fixed_asset', 'other_assets',
            'non_current_asset', 'inventory', 'prepayment', 'asset', 'accounts_payable_(a/p)',
            'accounts_payable', 'credit_card', 'other_current_liabilities',
            'other_current_liability', 'current_liability', 'long_term_liabilities',
            'non_current_liability', 'liability', 'equity', {{ income_types() }}
        ),
        false
    )
{%- endmacro %}


{#- The types of accounts that hold income, of which an amount is a credit. -#}
{% macro income_types() -%}
'income', 'other_income', 'revenue', 'sales'
{%- endmacro %}


{#-
    The expenses of an exported report. It rarely says what an account is: one that nobody has named
    may be an expense.
-#}
{% macro expenses_of_report(lines) -%}
{{ ledger_expenses(
    lines,
    ids=[
        'transaction_type', 'document_number', 'booked_on', 'account_code', 'supplier', 'line_text',
        'department',
    ],
    expenses='not ' ~ is_no_expense_type('lines.account_type'),
    has_department=true,
    lists_others=true,
) }}
{%- endmacro %}


{#- The lines of an exported report; equal lines of one document are told apart by their number. -#}
{% macro numbered_lines(lines) -%}
select
    booked_on,
    transaction_type,
    document_number,
    supplier,
    line_text,
    department,
    account_code,
    account_name,
    account_type,
    amount,
    row_number() over (
        partition by
            booked_on, transaction_type, document_number, supplier, line_text, department,
            account_code, amount
    ) as copy_number

from {{ lines }}
{%- endmacro %}
