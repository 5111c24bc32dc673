with movements as {{ read_in_place() }}(

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
}, pipeline_movement_slices(), has_weeks=true,
record=['deal', 'deal_id', 'fct_pipeline_movements']) }}

select * from final
