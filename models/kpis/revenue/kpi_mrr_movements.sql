with changes as (

    select * from {{ ref('agg_mrr_changes') }}

),

movements as (

    select 'new' as movement

    union all

    select 'expansion' as movement

    union all

    select 'contraction' as movement

    union all

    select 'churn' as movement

    union all

    select 'reactivation' as movement

    union all

    select 'fx' as movement

    union all

    select 'intra_month_churn' as movement

),

by_movement as (

    select
        movements.movement as variant,
        changes.period_grain,
        changes.period_start,
        changes.period_end,
        changes.reporting_date,
        changes.dimension,
        changes.segment,
        case movements.movement
            when 'new' then changes.new_amount
            when 'expansion' then changes.expansion_amount
            when 'contraction' then changes.contraction_amount
            when 'churn' then changes.churn_amount
            when 'reactivation' then changes.reactivation_amount
            when 'fx' then changes.fx_amount
            when 'intra_month_churn' then changes.intra_month_churn_amount
        end as movement_amount

    from changes

    cross join movements

),

total as (

    select * from changes where dimension = 'all'

),

-- Customers who came and left within a month are in no movement.
total_by_movement as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        'movement' as dimension,
        {{ own_segment('variant') }} as segment,
        movement_amount

    from by_movement

    where
        dimension = 'all'
        and variant != 'intra_month_churn'
        and {{ is_the_view() }}

),

losses as (

    select * from {{ uncut(ref('agg_lost_mrr')) }} where dimension = 'churn_reason'

),

churn_by_reason as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        {{ own_segment('segment') }} as segment,
        churn_amount

    from losses

    where
        segment != '(contraction)'
        and {{ is_the_view() }}

),

final as (

    {{ kpi_rows('mrr_movements', 'standard', 'total', 'net_amount') }}

    union all

    {{ kpi_rows('mrr_movements', 'standard', 'total_by_movement', 'movement_amount') }}

    union all

    {{ kpi_rows('mrr_movements', none, 'by_movement', 'movement_amount') }}

    union all

    {{ kpi_rows('mrr_movements', 'churn', 'churn_by_reason', 'churn_amount') }}

)

select * from final
