-- A method adds up to the company from its teams: what is known of one team is known of all.
with months as (

    select * from {{ ref('int_forecast_months') }}

),

methods as (

    {% for method in forecast_methods() %}
    select * from {{ ref('int_forecasts_' ~ method) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

final as (

    select
        methods.origin_date,
        months.is_now,
        methods.month_start,
        months.month_end,
        months.months_ahead,
        methods.team,
        methods.forecast_method,
        methods.rest_amount,
        cast(methods.rest_amount + months.won_so_far_amount as decimal(28, 8)) as forecast_amount

    from methods

    inner join months
        on
            methods.origin_date = months.origin_date
            and methods.month_start = months.month_start
            and methods.team = months.team

)

select * from final
