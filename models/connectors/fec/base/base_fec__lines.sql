{{ config(enabled=connector_is_active('fec')) }}

{#-
    The format allows two ways to write an amount: `Debit` and `Credit`, or `Montant` with `Sens`,
    which is D or C.
-#}
with lines as (

    select
        {{ field('JournalCode') }} as journal_code,
        {{ field('EcritureNum') }} as entry_number,
        {{ day_of(field('EcritureDate')) }} as booked_on,
        {{ field('CompteNum') }} as account_code,
        {{ field('CompteLib') }} as account_name,
        {{ field('CompAuxLib') }} as supplier,
        {{ field('EcritureLib') }} as line_text,
        upper({{ cell_text(field('Credit')) }}) as credit_or_side,
        {{ money(field('Debit'), currency=empty_text()) }} as debit_or_amount,
        {{ money(field('Credit'), currency=empty_text()) }} as credit

    from {{ extract('fec', 'fec') }}

)

select
    journal_code,
    entry_number,
    booked_on,
    account_code,
    account_name,
    supplier,
    line_text,
    -- Two lines of one entry can be equal: they are told apart by their number among equals.
    row_number() over (
        partition by
            journal_code, entry_number, booked_on, account_code, supplier, line_text,
            debit_or_amount, credit_or_side
    ) as copy_number,
    case
        when credit_or_side = 'D' then debit_or_amount
        when credit_or_side = 'C' then {{ negated('debit_or_amount') }}
        else {{ debit_less_credit('debit_or_amount', 'credit') }}
    end as amount

from lines
