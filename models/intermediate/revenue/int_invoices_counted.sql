with invoices as (

    select * from {{ ref('stg_invoices') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- A credit note takes back, whichever sign its source gives it.
signed as (

    select
        invoices.*,
        coalesce(companies.surviving_company_id, invoices.company_id) as customer_id,
        case
            when invoices.invoice_type = 'credit_note' then -1 * abs(invoices.amount_excl_tax)
            else invoices.amount_excl_tax
        end as signed_amount,
        case
            when invoices.invoice_type = 'credit_note' then -1 * abs(invoices.tax_amount)
            else invoices.tax_amount
        end as signed_tax_amount

    from invoices

    cross join reporting

    left join companies
        on invoices.company_id = companies.company_id

    where
        invoices.invoice_status not in ('draft', 'void')
        and invoices.issued_on <= reporting.reporting_date

),

-- A credit note, an invoice of nothing and a negative one are no purchase.
final as (

    select
        signed.source_system,
        signed.invoice_id,
        signed.customer_id,
        signed.subscription_id,
        signed.deal_id,
        signed.invoice_type,
        signed.invoice_status,
        signed.currency,
        signed.signed_amount,
        {{ in_reporting_currency('signed.signed_amount', 'currency_rates') }} as invoice_amount,
        {{ in_reporting_currency('signed.signed_tax_amount', 'currency_rates') }} as tax_amount,
        signed.issued_on as issued_date,
        signed.due_on as due_date,
        signed.paid_on as paid_date,
        -- Without a day of payment nobody knows how long it was owed: it is taken for no day.
        case
            when signed.paid_on is not null then signed.paid_on
            when signed.invoice_status in ('paid', 'uncollectible') then signed.issued_on
        end as settled_date,
        signed.invoice_type = 'invoice' and signed.signed_amount > 0 as is_purchase,
        min(
            case
                when signed.invoice_type = 'invoice' and signed.signed_amount > 0
                    then signed.issued_on
            end
        ) over (partition by signed.customer_id) as first_purchase_date

    from signed

    left join currency_rates
        on signed.currency = currency_rates.currency

)

select * from final
