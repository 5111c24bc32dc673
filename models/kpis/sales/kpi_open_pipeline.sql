with pipeline_months as (

    select * from {{ ref('fct_pipeline_months') }}

),

{{ measured_by_period('open_deals', 'pipeline_months', 'month_start', var('pipeline_cuts'), {},
    months='last', amounts={
    'open_amount': ('deal_amount', 'true'),
    'weighted_amount': ('weighted_amount', 'true'),
}) }},

final as (

    {{ kpi_rows('open_pipeline', 'unweighted', 'open_deals', 'open_amount') }}

    union all

    {{ kpi_rows('open_pipeline', 'weighted', 'open_deals', 'weighted_amount') }}

)

select * from final
