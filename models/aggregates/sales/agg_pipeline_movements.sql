with movements as (

    select * from {{ ref('fct_pipeline_movements') }} where pipeline_scope = 'all_open'

),

known_movements as (

    select * from movements where pipeline_basis = 'as_known'

),

seen_movements as (

    select * from movements where pipeline_basis = 'as_seen'

),

{{ aggregated('movements', {
    'movement': 'pipeline_movement', 'owner': 'owner_name', 'team': 'team', 'channel': 'channel',
}, {
    'moved': {
        'parts': 'given',
        'needs': ['known_movements'],
        'sums': {
            'movement_amount':
                "sum(case when pipeline_basis = 'as_known' then movement_amount end)",
            'net_amount': "sum(
                case
                    when pipeline_basis = 'as_known' and pipeline_movement not in ('start', 'end')
                        then movement_amount
                end
            )",
        },
    },
    'seen_moved': {
        'parts': 'given',
        'needs': ['seen_movements'],
        'sums': {
            'movement_as_seen_amount':
                "sum(case when pipeline_basis = 'as_seen' then movement_amount end)",
            'net_as_seen_amount': "sum(
                case
                    when pipeline_basis = 'as_seen' and pipeline_movement not in ('start', 'end')
                        then movement_amount
                end
            )",
        },
    },
}, has_weeks=true) }}

select * from final
