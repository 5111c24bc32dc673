{{ config(enabled=connector_is_active('maven')) }}

{#- The export has no history, but two of its dates are entries into a stage. -#}
with deals as (

    select * from {{ extract('maven', 'sales_pipeline') }}

)

select
    opportunity_id as deal_id,
    'Engaging' as stage_id,
    engage_date as entered_at

from deals

where engage_date is not null

union all

select
    opportunity_id as deal_id,
    deal_stage as stage_id,
    close_date as entered_at

from deals

where close_date is not null
