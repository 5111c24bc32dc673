{{ config(enabled=connector_is_active('stripe')) }}

with lines as (

    select * from {{ ref('base_stripe__lines') }}

)

select
    invoice_line_id,
    invoice_id,
    item_id as line_id,
    price_id as plan_id,
    line_type,
    quantity,
    net_amount as amount_excl_tax,
    started_on as period_start,
    ends_on as period_end

from lines

union all

{# A credit note takes back over the days that its line of the invoice billed. #}
select
    credited.credit_note_line_id as invoice_line_id,
    notes.credit_note_id as invoice_id,
    lines.item_id as line_id,
    lines.price_id as plan_id,
    coalesce(lines.line_type, 'one_off') as line_type,
    credited.quantity,
    {{ minor_units('-1 * credited.minor_amount', 'notes.currency') }} as amount_excl_tax,
    lines.started_on as period_start,
    lines.ends_on as period_end

from {{ ref('base_stripe__credit_note_lines') }} as credited

inner join {{ ref('base_stripe__credit_notes') }} as notes
    on credited.credit_note_key = notes.row_key

left join lines on credited.invoice_line_id = lines.invoice_line_id
