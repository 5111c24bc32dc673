with inputs as (

    select * from {{ ref('sales_velocity_inputs') }}

),

-- Where nothing was won in twelve months, there is neither a size nor a cycle of a deal.
explained as (

    select
        *,
        case
            when
                open_deal_count is not null
                and (coalesce(win_rate, 0) = 0 or average_cycle_days is null)
                then 'too_few'
        end as null_reason

    from inputs

),

final as (

    {{ kpi_rows(
        'sales_velocity', 'standard', 'explained',
        'open_deal_count * win_rate * average_deal_amount', 'average_cycle_days',
        is_provisional='is_provisional', null_reason='null_reason'
    ) }}

)

select * from final
