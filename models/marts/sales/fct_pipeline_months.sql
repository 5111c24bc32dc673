{{ config(pre_hook="{{ add_custom_cuts('deals') }}{{ add_custom_cuts('companies') }}") }}

select
    deal_id,
    deal_name,
    company_name,
    record_url,
    month_start,
    balance_date,
    owner_id,
    owner_name,
    team,
    pipeline_name,
    stage_name,
    stage_order,
    win_probability,
    channel,
    industry,
    country,
    plan,
    customer_type,
    deal_amount,
    weighted_amount,
    expected_close_date,
    created_date
    {{- custom_cuts('deals') }}
    {{- custom_cuts('companies') }}

from {{ ref('fct_pipeline_balances') }}

where
    is_month_end
    and pipeline_basis = 'as_known'
