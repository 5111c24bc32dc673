{{ config(enabled=connector_is_active('hubspot')) }}

select
    deals.*,
    companies.company_id,
    merged.survivor_id as merged_into_deal_id,
    case
        when merged.survivor_id is not null then 'true'
        else coalesce(deals.is_deleted, 'false')
    end as is_archived

from {{ ref('base_hubspot__deals') }} as deals

left join {{ ref('base_hubspot__deal_companies') }} as companies
    on deals.deal_id = companies.deal_id

left join {{ ref('base_hubspot__merges') }} as merged
    on
        deals.deal_id = merged.loser_id
        and merged.record = 'deal'
