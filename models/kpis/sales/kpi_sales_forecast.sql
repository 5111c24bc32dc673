{{ config(meta={'has_given_cuts': false}) }}
with forecasts as (

    select
        *,
        forecast_method as variant

    from {{ ref('agg_sales_forecasts') }}

    -- The yardstick of the forecasts is none itself.
    where forecast_method != 'same_as_last_year'

),

final as (

    {{ kpi_rows(
        'sales_forecast', none, 'forecasts', 'forecast_amount', null_reason='null_reason'
    ) }}

)

select * from final
