with inputs as (

    select * from {{ ref('customer_value_inputs') }}

),

acquisition_costs as (

    select * from {{ ref('kpi_customer_acquisition_cost') }} where variant = 'fully_loaded'

),

-- The monthly revenue of a customer that is new in the period, not of all customers. A margin of 0
-- or less never pays anything back.
paired as (

    select
        inputs.period_grain,
        inputs.period_start,
        inputs.period_end,
        inputs.dimension,
        inputs.segment,
        acquisition_costs.value as acquisition_cost,
        case
            when inputs.new_mrr_amount > 0 and inputs.gross_margin_rate_12_months > 0
                then
                    inputs.new_mrr_amount / nullif(inputs.new_customer_count, 0)
                    * inputs.gross_margin_rate_12_months
        end as monthly_margin,
        inputs.is_provisional

    from inputs

    inner join acquisition_costs
        on {{ same_segment('inputs', 'acquisition_costs') }}

),

final as (

    {{ kpi_rows(
        'cac_payback_months', 'standard', 'paired', 'acquisition_cost', 'monthly_margin',
        is_provisional='is_provisional'
    ) }}

)

select * from final
