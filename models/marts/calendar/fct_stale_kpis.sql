with variants as (

    select * from {{ ref('kpi_variants') }}

),

stale_loads as (

    select * from {{ ref('fct_input_loads') }} where is_stale

),

final as (

    select
        variants.kpi,
        variants.variant,
        min(stale_loads.latest_date) as complete_until

    from variants

    -- Tables are separated by | or, where one of two is enough, by the word or.
    inner join stale_loads
        on
            position(
                ('|' || stale_loads.table_name || '|')
                in ('|' || replace(variants.inputs, ' or ', '|') || '|')
            ) > 0

    group by
        variants.kpi,
        variants.variant

)

select * from final
