{{ config(enabled=connector_is_active('hubspot')) }}

select
    companies.*,
    merged.survivor_id as merged_into_company_id,
    case
        when merged.survivor_id is not null then 'true'
        else coalesce(companies.is_deleted, 'false')
    end as is_archived

from {{ ref('base_hubspot__companies') }} as companies

left join {{ ref('base_hubspot__merges') }} as merged
    on
        companies.company_id = merged.loser_id
        and merged.record = 'company'
