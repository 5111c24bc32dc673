{{ config(meta={'has_given_cuts': false}) }}
with forecasts as (

    select * from {{ ref('fct_sales_forecasts') }} where is_now

),

labels as (

    select
        variant as forecast_method,
        label_en,
        label_fr

    from {{ ref('kpi_variants') }}

    where kpi = 'sales_forecast'

),

final as (

    select
        cast({{ dbt.dateadd('day', -1, 'forecasts.origin_date') }} as date) as reporting_date,
        forecasts.period_grain,
        forecasts.period_start,
        forecasts.period_end,
        forecasts.dimension,
        forecasts.segment,
        forecasts.forecast_method,
        coalesce(labels.label_en, 'Same as last year') as method_en,
        coalesce(labels.label_fr, 'Comme l’an dernier') as method_fr,
        forecasts.forecast_amount,
        forecasts.low_amount,
        forecasts.high_amount,
        forecasts.past_error_count,
        forecasts.past_error_rate,
        forecasts.is_worse_than_last_year,
        forecasts.null_reason

    from forecasts

    left join labels
        on forecasts.forecast_method = labels.forecast_method

)

select * from final
