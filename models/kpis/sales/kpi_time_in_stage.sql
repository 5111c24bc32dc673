with deal_stages as (

    select * from {{ ref('agg_deal_stages') }}

),

final as (

    {{ kpi_rows('time_in_stage', 'mean', 'deal_stages', 'stayed_days', 'left_count') }}

    union all

    {#- A median has no numerator; the denominator says how many stays it is the middle of. #}
    {{ kpi_rows(
        'time_in_stage', 'median', 'deal_stages', none, 'left_count', value='median_stayed_days',
        null_reason="case when left_count = 0 then 'too_few' end"
    ) }}

)

select * from final
