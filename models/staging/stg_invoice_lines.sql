with {{ accepted_inputs('invoice_lines') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('invoice_line_id') }} as invoice_line_id,
        {{ entity_id('invoice_id') }} as invoice_id,
        {{ entity_id('line_id') }} as line_id,
        {{ entity_id('plan_id') }} as plan_id,
        coalesce(line_type, 'recurring') as line_type,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(amount_excl_tax as decimal(18, 2)) as amount_excl_tax,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end

    from accepted

)

select * from final
