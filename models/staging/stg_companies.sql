with recursive

{{ accepted_inputs('companies', blanked=['employee_count', 'is_archived']) }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('company_id') }} as company_id,
        company_name,
        industry,
        country,
        {{ unless_blanked('employee_count', as_number('employee_count', 'integer')) }}
            as employee_count,
        {{ entity_id('owner_id') }} as owner_id,
        {{ entity_id('parent_company_id') }} as parent_company_id,
        {{ as_moment('created_at') }} as created_at,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived,
        {{ entity_id('merged_into_company_id') }} as merged_into_company_id,
        record_url

    from accepted

),

{{ resolved_merges('company') }}

select * from resolved
