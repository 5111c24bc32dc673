with lifetime_values as (

    select * from {{ ref('kpi_customer_lifetime_value') }}

),

acquisition_costs as (

    select * from {{ ref('kpi_customer_acquisition_cost') }} where variant = 'fully_loaded'

),

paired as (

    select
        case lifetime_values.variant
            when 'annual_revenue_margin' then 'annual_revenue_margin__fully_loaded'
            when 'annual_revenue' then 'annual_revenue__fully_loaded'
            when 'subscription' then 'subscription__fully_loaded'
        end as variant,
        lifetime_values.period_grain,
        lifetime_values.period_start,
        lifetime_values.period_end,
        lifetime_values.dimension,
        lifetime_values.segment,
        lifetime_values.value as lifetime_value,
        acquisition_costs.value as acquisition_cost,
        {{ why_either('lifetime_values', 'acquisition_costs') }} as null_reason,
        lifetime_values.is_provisional

    from lifetime_values

    inner join acquisition_costs
        on {{ same_segment('lifetime_values', 'acquisition_costs') }}

    where lifetime_values.variant in ('annual_revenue_margin', 'annual_revenue', 'subscription')

),

final as (

    {{ kpi_rows(
        'ltv_cac_ratio', none, 'paired', 'lifetime_value', 'acquisition_cost',
        is_provisional='is_provisional', null_reason='null_reason'
    ) }}

)

select * from final
