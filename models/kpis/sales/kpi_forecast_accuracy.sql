{{ config(meta={'has_given_cuts': false}) }}
with errors as (

    select * from {{ ref('agg_forecast_errors') }}

),

final as (

    {{ kpi_rows(
        'forecast_accuracy', 'wape', 'errors', 'absolute_error_amount', 'actual_amount',
        null_reason='null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'forecast_accuracy', 'bias', 'errors', 'error_amount', 'actual_amount',
        null_reason='null_reason'
    ) }}

)

select * from final
