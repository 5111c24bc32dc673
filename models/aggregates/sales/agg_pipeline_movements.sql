with movements as (

    select * from {{ ref('fct_pipeline_movements') }} where pipeline_scope = 'all_open'

),

{{ aggregated('movements', {
    'movement': 'pipeline_movement', 'owner': 'owner_name', 'team': 'team', 'channel': 'channel',
}, {
    'moved': {
        'parts': 'given',
        'sums': {
            'movement_amount': 'sum(movement_amount)',
            'net_amount': "sum(
                case when pipeline_movement not in ('start', 'end') then movement_amount end
            )",
        },
    },
}, has_weeks=true) }}

select * from final
