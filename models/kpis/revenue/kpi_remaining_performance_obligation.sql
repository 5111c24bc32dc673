with contract_months as (

    select * from {{ ref('agg_contract_months') }}

),

final as (

    {{ kpi_rows(
        'remaining_performance_obligation', 'total', 'contract_months', 'remaining_amount'
    ) }}

    union all

    {{ kpi_rows(
        'remaining_performance_obligation', 'current', 'contract_months',
        'remaining_12_months_amount'
    ) }}

)

select * from final
