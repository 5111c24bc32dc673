with {{ accepted_inputs('invoice_lines', blanked=['quantity']) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('invoice_line_id') }} as invoice_line_id,
        {{ entity_id('invoice_id') }} as invoice_id,
        {{ entity_id('line_id') }} as line_id,
        {{ entity_id('plan_id') }} as plan_id,
        coalesce({{ as_choice('line_type') }}, 'recurring') as line_type,
        {{ unless_blanked('quantity', as_number('quantity', 'decimal(18, 4)')) }} as quantity,
        {{ as_number('amount_excl_tax', 'decimal(18, 2)') }} as amount_excl_tax,
        {{ as_day('period_start') }} as period_start,
        {{ as_last_day('period_end') }} as period_end

    from accepted

)

select * from final
