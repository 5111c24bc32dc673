with inputs as (

    select * from {{ ref('customer_value_inputs') }}

),

acquisition_costs as (

    select * from {{ ref('kpi_customer_acquisition_cost') }} where variant = 'fully_loaded'

),

-- Why there is no margin of new customers; nothing where there is one.
margins as (

    select
        *,
        case
            when count(mrr_amount) over () = 0 then 'no_source'
            when count(recognised_to_date_amount) over () = 0 then 'no_source'
            when margin_12_months_null_reason is not null then margin_12_months_null_reason
            when new_mrr_amount is null then 'too_few'
            when new_mrr_amount <= 0 or gross_margin_rate_12_months <= 0 then 'zero_denominator'
        end as null_reason

    from inputs

),

-- The monthly revenue of a customer that is new in the period, not of all customers. A margin of 0
-- or less never pays anything back.
paired as (

    select
        margins.period_grain,
        margins.period_start,
        margins.period_end,
        margins.dimension,
        margins.segment,
        acquisition_costs.value as acquisition_cost,
        case
            when margins.new_mrr_amount > 0 and margins.gross_margin_rate_12_months > 0
                then
                    {{ divide('margins.new_mrr_amount', 'margins.new_customer_count') }}
                    * margins.gross_margin_rate_12_months
        end as monthly_margin,
        {{ why_either('margins', 'acquisition_costs') }} as null_reason,
        margins.is_provisional

    from margins

    inner join acquisition_costs
        on {{ same_segment('margins', 'acquisition_costs') }}

),

final as (

    {{ kpi_rows(
        'cac_payback_months', 'standard', 'paired', 'acquisition_cost', 'monthly_margin',
        is_provisional='is_provisional', null_reason='null_reason'
    ) }}

)

select * from final
