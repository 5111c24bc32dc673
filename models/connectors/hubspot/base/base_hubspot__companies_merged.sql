{{ config(enabled=connector_is_active('hubspot')) }}

select
    companies.*,
    merges.survivor_id as merged_into_company_id,
    case
        when merges.survivor_id is not null then 'true'
        else coalesce(companies.is_deleted, 'false')
    end as is_archived

from {{ ref('base_hubspot__companies') }} as companies

left join {{ ref('base_hubspot__merges') }} as merges
    on
        companies.company_id = merges.loser_id
        and merges.record = 'company'
