{{ config(enabled=connector_is_active('xero')) }}

{#- Xero writes 31 Jan 2025, whatever the country, unless a spreadsheet has changed it. -#}
{%- set day_format = extract_format('xero').date_format or 'DD Mon YYYY' -%}
with lines as (

    select
        {{ day_of(field('Date'), format=day_format) }} as booked_on,
        {{ cell_text(field('Source')) }} as transaction_type,
        {{ cell_text(field('Contact')) }} as supplier,
        {{ cell_text(field('Description')) }} as line_text,
        {{ cell_text(field('Reference')) }} as document_number,
        {{ cell_text(field('Department')) }} as department,
        coalesce(
            {{ cell_text(field('Account')) }}, {{ cell_text(field('report_headings')) }}
        ) as account_name,
        {{ cell_text(field('Account Code')) }} as account_number,
        {{ cell_text(field('Account Type')) }} as account_type,
        {{ money(field('Debit'), currency=empty_text()) }} as debit,
        {{ money(field('Credit'), currency=empty_text()) }} as credit

    from {{ extract('xero', 'ledger') }}

),

signed as (

    select
        lines.*,
        coalesce(account_number, {{ account_code_of('account_name') }}) as account_code,
        case
            when debit is not null or credit is not null
                then {{ debit_less_credit('debit', 'credit') }}
        end as amount

    from lines

)

{{ numbered_lines('signed') }}
