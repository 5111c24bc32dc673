with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

{{ measured_by_period('open_deals', 'pipeline_months', 'month_start', var('pipeline_cuts'), {
    'open_amount': 'sum(deal_amount)',
    'weighted_amount': 'sum(weighted_amount)',
}, months='last') }},

final as (

    {{ kpi_rows('open_pipeline', 'unweighted', 'open_deals', 'open_amount') }}

    union all

    {{ kpi_rows('open_pipeline', 'weighted', 'open_deals', 'weighted_amount') }}

)

select * from final
