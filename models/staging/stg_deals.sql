with recursive

{{ accepted_inputs('deals', blanked=['is_archived'], spelled={'currency': 'currency_rates'}) }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('deal_id') }} as deal_id,
        deal_name,
        {{ entity_id('pipeline_id') }} as pipeline_id,
        stage_id,
        {{ as_number('deal_amount', 'decimal(18, 2)') }} as deal_amount,
        spelled_currency as currency,
        {{ entity_id('owner_id') }} as owner_id,
        {{ entity_id('company_id') }} as company_id,
        plan,
        {{ as_choice('deal_type') }} as deal_type,
        {{ as_choice('forecast_category') }} as forecast_category,
        lost_reason,
        {{ as_moment('created_at') }} as created_at,
        {{ as_day('close_date') }} as close_date,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived,
        {{ entity_id('merged_into_deal_id') }} as merged_into_deal_id,
        record_url
        {{- custom_cells('deals') }}

    from accepted

),

{{ resolved_merges('deal') }}

select * from resolved
