with deals as (

    select * from {{ ref('agg_deals') }}

),

final as (

    {{ kpi_rows('quoted_to_won_rate', 'rate', 'deals', 'quoted_won_count', 'quoted_count') }}

    union all

    {{ kpi_rows(
        'quoted_to_won_rate', 'quoted_per_won', 'deals', 'quoted_count', 'quoted_won_count'
    ) }}

)

select * from final
