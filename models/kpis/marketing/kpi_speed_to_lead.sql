with leads as (

    select * from {{ ref('agg_answered_leads') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {#- A median has no numerator; the denominator says how many leads it is the middle of. #}
    {{ kpi_rows(
        'speed_to_lead', 'median', 'leads', none, 'answered_count',
        value=divide('median_answer_seconds', '86400'), conversion='lead_to_answer',
        null_reason="case when answered_count = 0 then 'too_few' end"
    ) }}

    union all

    {{ kpi_rows(
        'speed_to_lead', 'within_a_day', 'leads', 'answered_in_a_day_count', 'lead_count',
        horizon_days=1
    ) }}

    union all

    {{ kpi_rows(
        'speed_to_lead', 'answered', 'leads', 'answered_count', 'lead_count',
        conversion='lead_to_answer'
    ) }}

)

select * from final
