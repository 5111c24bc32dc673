{{ config(enabled=connector_is_active('hubspot')) }}

with deals as (

    select * from {{ ref('base_hubspot__deals') }}

),

linked as (

    {{ united_extracts({
        'companies__deals': {'deal_id': 'deals_id', 'company_id': 'value'},
        'deal_company': {
            'deal_id': 'deal_id',
            'company_id': 'company_id',
            'type_id': 'type_id',
            'is_deleted': '_fivetran_deleted',
        },
    }) }}

),

links as (

    -- HubSpot's own label 5 is that of the main company.
    select
        {{ hubspot_id('deal_id') }} as deal_id,
        {{ hubspot_id('company_id') }} as company_id,
        coalesce({{ hubspot_id('type_id') }} = '5', false) as is_primary

    from linked

    where coalesce({{ flag('is_deleted') }}, 'false') = 'false'

    union all

    select
        deal_id,
        trim(unnest(string_split(company_ids, ';'))) as company_id,
        false as is_primary

    from deals

    union all

    select
        deal_id,
        primary_company_id as company_id,
        true as is_primary

    from deals

)

-- Where nothing names the main one, it is the company that has been there longest.
select
    deal_id,
    company_id

from links

where company_id is not null

qualify row_number() over (
    partition by deal_id
    order by is_primary desc, try_cast(company_id as bigint) asc nulls last, company_id asc
) = 1
