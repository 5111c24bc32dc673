with deal_stages as (

    select * from {{ ref('agg_deal_stages') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'stage_conversion_rate', 'cohort', 'deal_stages', 'went_on_count', 'entered_count',
        conversion='stage_to_later'
    ) }}

    union all

    {{ kpi_rows(
        'stage_conversion_rate', 'cohort_90_days', 'deal_stages',
        'went_on_in_horizon_count', 'entered_count', horizon_days=var('cohort_horizon_days')
    ) }}

    union all

    {{ kpi_rows(
        'stage_conversion_rate', 'period', 'deal_stages', 'gone_on_count', 'entered_count'
    ) }}

    union all

    {{ kpi_rows(
        'stage_conversion_rate', 'strict', 'deal_stages',
        'strict_went_on_count', 'strict_entered_count', conversion='strict_stage_to_later'
    ) }}

)

select * from final
