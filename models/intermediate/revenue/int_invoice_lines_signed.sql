with invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

line_totals as (

    select
        invoice_id,
        sum(amount_excl_tax) as line_total

    from invoice_lines

    group by invoice_id

),

-- Lines have the sign of their document.
invoices_with_sign as (

    select
        invoices.*,
        coalesce(line_totals.line_total, 0) as line_total,
        case
            when line_totals.line_total > 0 and invoices.signed_amount < 0 then -1
            when line_totals.line_total < 0 and invoices.signed_amount > 0 then -1
            else 1
        end as line_sign

    from invoices

    left join line_totals
        on invoices.invoice_id = line_totals.invoice_id

),

lines as (

    select
        invoice_lines.invoice_line_id,
        invoice_lines.line_id,
        invoice_lines.plan_id,
        invoice_lines.line_type,
        invoice_lines.quantity,
        invoice_lines.period_start as service_start_date,
        invoice_lines.period_end as service_end_date,
        invoice_lines.amount_excl_tax * invoices_with_sign.line_sign as signed_amount,
        invoices_with_sign.invoice_id,
        invoices_with_sign.currency

    from invoice_lines

    inner join invoices_with_sign
        on invoice_lines.invoice_id = invoices_with_sign.invoice_id

    union all

    -- The part of the invoice that its lines do not explain; all of it if it has no lines.
    select
        invoice_id || ':rest' as invoice_line_id,
        cast(null as {{ dbt.type_string() }}) as line_id,
        cast(null as {{ dbt.type_string() }}) as plan_id,
        cast(null as {{ dbt.type_string() }}) as line_type,
        cast(null as decimal(18, 4)) as quantity,
        cast(null as date) as service_start_date,
        cast(null as date) as service_end_date,
        signed_amount - line_sign * line_total as signed_amount,
        invoice_id,
        currency

    from invoices_with_sign

    where signed_amount != line_sign * line_total

),

converted as (

    select
        lines.*,
        {{ in_reporting_currency('lines.signed_amount', 'currency_rates') }} as converted_amount,
        row_number() over (
            partition by lines.invoice_id
            order by abs(lines.signed_amount) desc, lines.invoice_line_id asc
        ) as line_rank

    from lines

    left join currency_rates
        on lines.currency = currency_rates.currency

),

converted_totals as (

    select
        invoice_id,
        sum(converted_amount) as line_total

    from converted

    group by invoice_id

),

-- Rounded lines need not add up to the rounded invoice: the largest line carries the cents.
final as (

    select
        converted.invoice_line_id,
        converted.invoice_id,
        converted.line_id,
        converted.plan_id,
        converted.line_type,
        converted.quantity,
        converted.service_start_date,
        converted.service_end_date,
        cast(
            converted.converted_amount
            + case
                when converted.line_rank = 1
                    then invoices.invoice_amount - converted_totals.line_total
                else 0
            end as decimal(18, 2)
        ) as line_amount

    from converted

    inner join converted_totals
        on converted.invoice_id = converted_totals.invoice_id

    inner join invoices
        on converted.invoice_id = invoices.invoice_id

)

select * from final
