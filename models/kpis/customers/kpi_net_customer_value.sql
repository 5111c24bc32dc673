with lifetime_values as (

    select * from {{ ref('kpi_customer_lifetime_value') }} where variant = 'annual_revenue_margin'

),

acquisition_costs as (

    select * from {{ ref('kpi_customer_acquisition_cost') }} where variant = 'fully_loaded'

),

paired as (

    select
        lifetime_values.period_grain,
        lifetime_values.period_start,
        lifetime_values.period_end,
        lifetime_values.dimension,
        lifetime_values.segment,
        lifetime_values.value - acquisition_costs.value as net_amount,
        {{ why_either('lifetime_values', 'acquisition_costs') }} as null_reason,
        lifetime_values.is_provisional

    from lifetime_values

    inner join acquisition_costs
        on {{ same_segment('lifetime_values', 'acquisition_costs') }}

),

final as (

    {{ kpi_rows(
        'net_customer_value', 'standard', 'paired', 'net_amount',
        is_provisional='is_provisional', null_reason='null_reason'
    ) }}

)

select * from final
