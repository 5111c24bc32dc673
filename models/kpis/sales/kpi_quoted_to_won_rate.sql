with deals as (

    select * from {{ ref('agg_deals') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'quoted_to_won_rate', 'rate', 'deals', 'quoted_won_count', 'quoted_count',
        conversion='quoted_to_won'
    ) }}

    union all

    {{ kpi_rows(
        'quoted_to_won_rate', 'quoted_per_won', 'deals', 'quoted_count', 'quoted_won_count',
        conversion='quoted_to_won'
    ) }}

)

select * from final
