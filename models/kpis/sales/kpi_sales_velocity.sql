with inputs as (

    select * from {{ ref('sales_velocity_inputs') }}

),

final as (

    select
        'sales_velocity' as kpi,
        'standard' as variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        cast(open_deal_count * win_rate * average_deal_amount as {{ kpi_part_type() }})
            as numerator,
        cast(average_cycle_days as {{ kpi_part_type() }}) as denominator,
        {{ ratio('open_deal_count * win_rate * average_deal_amount', 'average_cycle_days') }}
            as value,
        is_provisional

    from inputs

)

select * from final
