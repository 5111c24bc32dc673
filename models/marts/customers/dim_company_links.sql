with companies as (

    select * from {{ ref('stg_companies') }}

),

final as (

    select
        company_id,
        company_name,
        source_system,
        linked_by,
        has_contradicting_links,
        case when surviving_company_id != company_id then surviving_company_id end
            as counts_under_company_id

    from companies

    where
        has_contradicting_links
        or {{ given_source('surviving_company_id') }} != source_system

)

select * from final
