{{ config(enabled=connector_is_active('demo')) }}

select
    contact_id,
    {{ demo_lifecycle_stage('lifecyclestage') }} as lifecycle_stage,
    entered_at

from {{ extract('demo', 'lifecycle_history') }}
