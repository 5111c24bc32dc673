-- The segment of a movement shows its amount; every other segment shows the sum of all movements.
with all_open as (

    select
        *,
        case
            when {{ is_cut_by('movement') }} then movement_amount
            else net_amount
        end as shown_amount,
        case
            when {{ is_cut_by('movement') }} then movement_as_seen_amount
            else net_as_seen_amount
        end as shown_as_seen_amount

    from {{ ref('agg_pipeline_movements') }}

),

closing_in_period as (

    select
        *,
        case
            when {{ is_cut_by('movement') }} then movement_amount
            else net_amount
        end as shown_amount,
        case
            when {{ is_cut_by('movement') }} then movement_as_seen_amount
            else net_as_seen_amount
        end as shown_as_seen_amount

    from {{ ref('agg_due_pipeline_movements') }}

),

final as (

    {{ kpi_rows('pipeline_movements', 'all_open', 'all_open', 'shown_amount') }}

    union all

    {{ kpi_rows('pipeline_movements', 'closing_in_period', 'closing_in_period', 'shown_amount') }}

    union all

    {{ kpi_rows('pipeline_movements', 'all_open_as_seen', 'all_open', 'shown_as_seen_amount') }}

    union all

    {{ kpi_rows(
        'pipeline_movements', 'closing_in_period_as_seen', 'closing_in_period',
        'shown_as_seen_amount'
    ) }}

)

select * from final
