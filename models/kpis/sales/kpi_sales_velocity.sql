with inputs as (

    select * from {{ ref('sales_velocity_inputs') }}

),

final as (

    {{ kpi_rows(
        'sales_velocity', 'standard', 'inputs',
        'open_deal_count * win_rate * average_deal_amount', 'average_cycle_days',
        is_provisional='is_provisional'
    ) }}

)

select * from final
