{%- set movements = ['new', 'expansion', 'contraction', 'churn', 'reactivation', 'fx'] -%}
with mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

intra_month_churn as (

    select * from {{ ref('fct_intra_month_churn') }}

),

{%- set measures = {'net_amount': 'sum(movement_amount)'} -%}
{%- for movement in movements -%}
    {%- do measures.update({
        movement ~ '_amount':
            "sum(case when movement = '" ~ movement ~ "' then movement_amount else 0 end)"
    }) -%}
{%- endfor %}

{{ measured_by_period('moved', 'mrr_movements', 'month_start', var('customer_cuts'), measures) }},

{{ measured_by_period('come_and_gone', 'intra_month_churn', 'month_start', var('customer_cuts'), {
    'intra_month_churn_amount': 'sum(churned_mrr_amount)',
}) }},

movements as (
    {%- for movement in movements %}
    {% if not loop.first %}
    union all
    {% endif %}
    select '{{ movement }}' as movement
    {%- endfor %}

),

each as (

    select
        movements.movement,
        moved.period_grain,
        moved.period_start,
        moved.period_end,
        moved.reporting_date,
        moved.dimension,
        moved.segment,
        case movements.movement
            {%- for movement in movements %}
            when '{{ movement }}' then moved.{{ movement }}_amount
            {%- endfor %}
        end as movement_amount

    from moved

    cross join movements

),

net_by_movement as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        'movement' as dimension,
        movement as segment,
        movement_amount

    from each

    where dimension = 'all'

),

each_as_variant as (

    select
        movement as variant,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        movement_amount

    from each

),

net as (

    select * from moved where dimension = 'all'

),

final as (

    {{ kpi_rows('mrr_movements', 'standard', 'net', 'net_amount') }}

    union all

    {{ kpi_rows('mrr_movements', 'standard', 'net_by_movement', 'movement_amount') }}

    union all

    {{ kpi_rows('mrr_movements', none, 'each_as_variant', 'movement_amount') }}

    union all

    {{ kpi_rows(
        'mrr_movements', 'intra_month_churn', 'come_and_gone', 'intra_month_churn_amount'
    ) }}

)

select * from final
