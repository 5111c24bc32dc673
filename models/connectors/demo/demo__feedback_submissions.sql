{{ config(enabled=connector_is_active('demo')) }}

select
    hs_object_id as feedback_id,
    contact_id,
    survey_type,
    response_score as score,
    submitted_at

from {{ extract('demo', 'feedback_submissions') }}
