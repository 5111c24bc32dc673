{%- set models = ['first_touch', 'last_touch', 'linear', 'time_decay', 'position_based'] -%}
{%- set credited = models + [
    'first_touch_of_spend', 'last_touch_of_spend', 'linear_of_spend', 'time_decay_of_spend',
    'position_based_of_spend',
] -%}
with inputs as (

    select * from {{ ref('marketing_return_inputs') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

-- Refunded costs have no return.
final as (
    {% for credit in credited %}
    {%- if not loop.first %}

    union all
    {% endif %}
    {{ kpi_rows(
        'marketing_roi', credit, 'inputs', credit ~ '_gain_amount', 'spend_amount',
        value='case when spend_amount > 0 then '
            ~ ratio(credit ~ '_gain_amount', 'spend_amount') ~ ' end',
        conversion=none if credit in models else credit ~ '_to_won',
        null_reason='return_null_reason'
    ) }}
    {%- endfor %}

)

select * from final
