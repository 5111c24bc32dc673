{{ config(enabled=connector_is_active('salesforce')) }}

select
    id as deal_id,
    opportunity_name as deal_name,
    coalesce(record_type_id, 'opportunities') as pipeline_id,
    stage_id,
    amount as deal_amount,
    currency,
    owner_id,
    account_id as company_id,
    plan,
    {{ word('deal_type', {
        'New Business': 'new_business',
        'New Customer': 'new_business',
        'Existing Business': 'existing_business',
        'New Business / Add-on': 'existing_business',
        'Existing Customer - Upgrade': 'existing_business',
        'Existing Customer - Replacement': 'existing_business',
        'Existing Customer - Downgrade': 'existing_business',
    }) }} as deal_type,
    {{ word('forecast_category', {
        'Omitted': 'omitted',
        'Pipeline': 'pipeline',
        'Best Case': 'best_case',
        'Most Likely': 'commit',
        'Commit': 'commit',
        'Closed': 'closed',
    }) }} as forecast_category,
    lost_reason,
    is_deleted as is_archived,
    created_at,
    close_date
    {{- custom_names('deals') }}

from {{ ref('base_salesforce__opportunity') }}
