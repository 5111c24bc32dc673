{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as price_id,
    {{ cell_text(field('product')) }} as product_id,
    upper({{ cell_text(field('currency')) }}) as currency,
    {{ amount_of(
        minor_units(
            'coalesce(' ~ cell_text(field('unit_amount_decimal')) ~ ', '
            ~ cell_text(field('unit_amount')) ~ ')',
            field('currency')
        )
    ) }} as unit_price,
    {{ cell_text(field('recurring__interval')) }} as billing_interval,
    {{ cell_text(field('recurring__interval_count')) }} as interval_count,
    case
        when {{ cell_text(field('type')) }} = 'one_time' then 'one_off'
        when {{ cell_text(field('recurring__usage_type')) }} = 'metered' then 'metered'
        else 'recurring'
    end as line_type,
    {{ amount_of(field('transform_quantity__divide_by')) }} as divide_by,
    coalesce({{ cell_text(field('transform_quantity__round')) }} = 'up', false) as is_rounded_up,
    {{ flag(field('active')) }} as is_active

from {{ extract('stripe', 'price') }}

qualify {{ is_of_last_load() }}
