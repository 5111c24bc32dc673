{{ config(enabled=connector_is_active('salesforce')) }}

with quotes as (

    select
        *,
        {{ word('status', {
            'Draft': 'draft',
            'Needs Review': 'draft',
            'In Review': 'draft',
            'Approved': 'draft',
            'Rejected': 'draft',
            'Presented': 'sent',
            'Accepted': 'accepted',
            'Denied': 'declined',
        }) }} as quote_status

    from {{ ref('base_salesforce__quote') }}

    where is_deleted is distinct from 'true'

)

select
    id as quote_id,
    opportunity_id as deal_id,
    quote_status,
    amount as quote_amount,
    currency,
    created_at,
    -- When it was sent is not kept: one that is no draft is taken to be sent when it was made.
    case when quote_status != 'draft' then created_at end as sent_at,
    expires_on

from quotes
