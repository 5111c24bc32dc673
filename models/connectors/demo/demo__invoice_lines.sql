{{ config(enabled=connector_is_active('demo')) }}

select
    invoice_line_id,
    invoice_id,
    line_id,
    plan_id,
    line_type,
    quantity,
    amount_excl_tax,
    period_start,
    period_end

from {{ extract('demo', 'invoice_lines') }}
