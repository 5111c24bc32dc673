with recursive

{{ accepted_inputs('deals') }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ entity_id('pipeline_id') }} as pipeline_id,
        stage_id,
        cast(deal_amount as decimal(18, 2)) as deal_amount,
        currency,
        {{ entity_id('owner_id') }} as owner_id,
        {{ entity_id('company_id') }} as company_id,
        plan,
        deal_type,
        lost_reason,
        {{ as_moment('created_at') }} as created_at,
        cast(close_date as date) as close_date,
        coalesce(cast(is_archived as boolean), false) as is_archived,
        {{ entity_id('merged_into_deal_id') }} as merged_into_deal_id

    from accepted

),

{{ resolved_merges('deal') }}

select * from resolved
