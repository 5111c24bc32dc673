{%- set min_cases = var('min_forecast_cases') -%}
{%- set methods = ['stage_weighted', 'seasonal_trend', 'rep_judgement'] -%}
with united as (

    select * from {{ ref('int_forecasts_united') }}

),

weights as (

    select * from {{ ref('int_forecast_weights') }}

),

months as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team
        {%- for method in methods %},
        max(case when forecast_method = '{{ method }}' then forecast_amount end)
            as {{ method }}_amount
        {%- endfor %}

    from united

    group by
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team

),

-- One cent is the smallest error that a weight is made of.
given_weights as (

    select
        origin_date,
        months_ahead
        {%- for method in methods %},
        max(
            case
                when forecast_method = '{{ method }}' and error_count >= {{ min_cases }}
                    then 1 / cast(
                        greatest(mean_error_amount, 0.01) as {{ type_double() }}
                    )
            end
        ) as {{ method }}_weight
        {%- endfor %}

    from weights

    group by
        origin_date,
        months_ahead

),

-- As long as one of the methods that are there has too few errors, all weigh the same.
weighed as (

    select
        months.*,
        case
            {%- for method in methods %}
            when
                months.{{ method }}_amount is not null
                and given_weights.{{ method }}_weight is null
                then true
            {%- endfor %}
            else false
        end as is_unweighted
        {%- for method in methods %},
        given_weights.{{ method }}_weight
        {%- endfor %}

    from months

    left join given_weights
        on
            months.origin_date = given_weights.origin_date
            and months.months_ahead = given_weights.months_ahead

),

parts as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team
        {%- for method in methods %},
        {{ method }}_amount,
        case
            when {{ method }}_amount is null then 0
            when is_unweighted then 1
            else {{ method }}_weight
        end as {{ method }}_weight
        {%- endfor %}

    from weighed

),

combined as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        'combined' as forecast_method,
        -- Judgement alone is no combination.
        case
            when stage_weighted_amount is not null or seasonal_trend_amount is not null
                then cast(
                    (
                        {%- for method in methods %}
                        {% if not loop.first %}+ {% endif -%}
                        {{ method }}_weight
                        * cast(coalesce({{ method }}_amount, 0) as {{ type_double() }})
                        {%- endfor %}
                    ) / (
                        {%- for method in methods %}
                        {% if not loop.first %}+ {% endif -%}
                        {{ method }}_weight
                        {%- endfor %}
                    ) as decimal(28, 8)
                )
        end as forecast_amount

    from parts

),

final as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        forecast_method,
        forecast_amount

    from combined

    union all

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        forecast_method,
        forecast_amount

    from united

)

select * from final
