with movements as (

    select
        *,
        case when pipeline_movement not in ('start', 'end') then movement_amount else 0 end
            as net_amount

    from {{ ref('fct_pipeline_movements') }}

),

{%- for pipeline_scope in ['all_open', 'closing_in_period'] %}

{{ pipeline_scope }}_movements as (

    select * from movements where pipeline_scope = '{{ pipeline_scope }}'

),

{{ measured_by_period(pipeline_scope ~ '_moved', pipeline_scope ~ '_movements', none,
    {
        'movement': 'pipeline_movement', 'owner': 'owner_name', 'team': 'team',
        'channel': 'channel',
    }, {
    'net_amount': 'sum(net_amount)',
    'movement_amount': 'sum(movement_amount)',
}, months='given') }},

{{ pipeline_scope }}_shown as (

    select
        *,
        case when dimension = 'movement' then movement_amount else net_amount end as shown_amount

    from {{ pipeline_scope }}_moved

),
{%- endfor %}

final as (

    {{ kpi_rows('pipeline_movements', 'all_open', 'all_open_shown', 'shown_amount') }}

    union all

    {{ kpi_rows(
        'pipeline_movements', 'closing_in_period', 'closing_in_period_shown', 'shown_amount'
    ) }}

)

select * from final
