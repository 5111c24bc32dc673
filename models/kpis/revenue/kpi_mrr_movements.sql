{%- set movements = ['new', 'expansion', 'contraction', 'churn', 'reactivation', 'fx'] -%}
{%- set come_and_gone = 'intra_month_churn' -%}
with mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

intra_month_churn as (

    select * from {{ ref('fct_intra_month_churn') }}

),

changes as (

    select
        month_start,
        movement,
        plan,
        industry,
        country,
        channel,
        movement_amount

    from mrr_movements

    union all

    select
        month_start,
        '{{ come_and_gone }}' as movement,
        plan,
        industry,
        country,
        channel,
        churned_mrr_amount as movement_amount

    from intra_month_churn

),

{%- set measures = {
    'net_amount':
        "sum(case when movement != '" ~ come_and_gone ~ "' then movement_amount else 0 end)"
} -%}
{%- for movement in movements + [come_and_gone] -%}
    {%- do measures.update({
        movement ~ '_amount':
            "sum(case when movement = '" ~ movement ~ "' then movement_amount else 0 end)"
    }) -%}
{%- endfor %}

{{ measured_by_period('moved', 'changes', 'month_start', var('customer_cuts'), measures) }},

{{ listed('movements', 'movement', movements + [come_and_gone]) }},

each as (

    select
        movements.movement as variant,
        moved.period_grain,
        moved.period_start,
        moved.period_end,
        moved.reporting_date,
        moved.dimension,
        moved.segment,
        case movements.movement
            {%- for movement in movements + [come_and_gone] %}
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
        variant as segment,
        movement_amount

    from each

    where
        dimension = 'all'
        and variant != '{{ come_and_gone }}'

),

net as (

    select * from moved where dimension = 'all'

),

final as (

    {{ kpi_rows('mrr_movements', 'standard', 'net', 'net_amount') }}

    union all

    {{ kpi_rows('mrr_movements', 'standard', 'net_by_movement', 'movement_amount') }}

    union all

    {{ kpi_rows('mrr_movements', none, 'each', 'movement_amount') }}

)

select * from final
