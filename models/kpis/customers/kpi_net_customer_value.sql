with lifetime_values as (

    select
        *,
        case variant
            when 'annual_revenue_margin' then 'standard'
            when 'basket' then 'basket'
        end as net_variant

    from {{ ref('kpi_customer_lifetime_value') }}

    where variant in ('annual_revenue_margin', 'basket')

),

acquisition_costs as (

    select
        *,
        case variant when 'fully_loaded' then 'standard' when 'marketing' then 'basket' end
            as net_variant

    from {{ ref('kpi_customer_acquisition_cost') }}

    where variant in ('fully_loaded', 'marketing')

),

paired as (

    select
        lifetime_values.net_variant as variant,
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
        on
            {{ same_segment('lifetime_values', 'acquisition_costs') }}
            and lifetime_values.net_variant = acquisition_costs.net_variant

),

final as (

    {{ kpi_rows(
        'net_customer_value', none, 'paired', 'net_amount',
        is_provisional='is_provisional', null_reason='null_reason'
    ) }}

)

select * from final
