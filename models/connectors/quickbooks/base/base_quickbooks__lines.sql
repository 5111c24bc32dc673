{{ config(enabled=connector_is_active('quickbooks')) }}

with lines as (

    select
        {{ day_of(field('Date')) }} as booked_on,
        {{ cell_text(field('Transaction Type')) }} as transaction_type,
        {{ cell_text(field('Num')) }} as document_number,
        {{ cell_text(field('Name')) }} as supplier,
        {{ cell_text(field('Memo/Description')) }} as line_text,
        {{ cell_text(field('Department')) }} as department,
        coalesce(
            {{ cell_text(field('Account')) }}, {{ cell_text(field('report_headings')) }}
        ) as account_name,
        {{ cell_text(field('Account number')) }} as account_number,
        {{ cell_text(field('Account type')) }} as account_type,
        {{ money(field('Amount'), currency=empty_text()) }} as natural_amount,
        {{ money(field('Debit'), currency=empty_text()) }} as debit,
        {{ money(field('Credit'), currency=empty_text()) }} as credit

    from {{ extract('quickbooks', 'ledger') }}

),

signed as (

    select
        lines.*,
        coalesce(account_number, {{ account_code_of('account_name') }}) as account_code,
        case
            when natural_amount is null and (debit is not null or credit is not null)
                then {{ debit_less_credit('debit', 'credit') }}
            -- An amount of an income account is a credit.
            when {{ as_choice('account_type') }} in ({{ income_types() }})
                then {{ negated('natural_amount') }}
            else natural_amount
        end as amount

    from lines

)

{{ numbered_lines('signed') }}
