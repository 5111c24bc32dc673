{#-
    The view of net or gross revenue retention: what the customers of the start pay at the end, over
    what they paid at the start; nobody who came later is looked at. `is_capped` leaves out what a
    customer pays more than at the start.

    trailing_12_months   from the balance twelve months before the period's end to the period's end
    period               from the period's start to its end
-#}
{% macro revenue_retention_kpi(kpi, is_capped=false) -%}
with customer_periods as (

    select * from {{ ref('fct_customer_periods') }}

),

{%- for name, start_amount, start_plan in [
    ('yearly', 'mrr_12_months_ago_amount', 'plan_12_months_ago'),
    ('periodic', 'start_mrr_amount', 'start_plan'),
] %}

-- A customer is counted under the plan that it had at the start.
{{ name }}_cohort as (

    select
        period_grain,
        period_start,
        customer_id,
        {{ start_plan }} as plan,
        industry,
        country,
        channel,
        {{ start_amount }} as start_amount,
        {% if is_capped -%}
        least(end_mrr_amount, {{ start_amount }}) as kept_amount
        {%- else -%}
        end_mrr_amount as kept_amount
        {%- endif %}

    from customer_periods

    where {{ start_amount }} > 0

),

{{ measured_by_period(name, name ~ '_cohort', none, var('customer_cuts'), {
    'start_amount': 'sum(start_amount)',
    'kept_amount': 'sum(kept_amount)',
}, months='given') }},
{%- endfor %}

final as (

    {{ kpi_rows(kpi, 'trailing_12_months', 'yearly', 'kept_amount', 'start_amount') }}

    union all

    {{ kpi_rows(kpi, 'period', 'periodic', 'kept_amount', 'start_amount') }}

)

select * from final
{%- endmacro %}
