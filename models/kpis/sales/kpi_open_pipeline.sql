with pipeline as (

    select * from {{ ref('agg_open_pipeline') }}

),

final as (

    {{ kpi_rows('open_pipeline', 'unweighted', 'pipeline', 'open_amount') }}

    union all

    {{ kpi_rows('open_pipeline', 'weighted', 'pipeline', 'weighted_amount') }}

)

select * from final
