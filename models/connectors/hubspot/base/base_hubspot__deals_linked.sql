{{ config(enabled=connector_is_active('hubspot')) }}

select
    deals.* exclude (merged_ids),
    companies.company_id,
    merges.survivor_id as merged_into_deal_id,
    case
        when merges.survivor_id is not null then 'true'
        else coalesce(deals.is_deleted, 'false')
    end as is_archived

from {{ ref('base_hubspot__deals') }} as deals

left join {{ ref('base_hubspot__deal_companies') }} as companies
    on deals.deal_id = companies.deal_id

left join {{ ref('base_hubspot__merges') }} as merges
    on
        deals.deal_id = merges.loser_id
        and merges.record = 'deal'
