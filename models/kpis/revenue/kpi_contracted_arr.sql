with contract_months as (

    select * from {{ ref('agg_contract_months') }}

),

final as (

    {{ kpi_rows('contracted_arr', 'total', 'contract_months', '12 * contracted_mrr_amount') }}

    union all

    {{ kpi_rows(
        'contracted_arr', 'not_started', 'contract_months', '12 * not_started_mrr_amount'
    ) }}

    union all

    {{ kpi_rows('contracted_arr', 'leaving', 'contract_months', '12 * leaving_mrr_amount') }}

)

select * from final
