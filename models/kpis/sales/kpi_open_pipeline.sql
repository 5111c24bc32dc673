with pipeline as (

    select * from {{ ref('agg_open_pipeline') }}

),

final as (

    {{ kpi_rows('open_pipeline', 'unweighted', 'pipeline', 'open_amount') }}

    union all

    {{ kpi_rows('open_pipeline', 'weighted', 'pipeline', 'weighted_amount') }}

    union all

    {{ kpi_rows('open_pipeline', 'unweighted_as_seen', 'pipeline', 'open_as_seen_amount') }}

    union all

    {{ kpi_rows('open_pipeline', 'weighted_as_seen', 'pipeline', 'weighted_as_seen_amount') }}

)

select * from final
