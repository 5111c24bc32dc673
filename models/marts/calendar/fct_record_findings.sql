with found as (

    select * from {{ ref('int_findings_united') }}

),

kinds as (

    select * from {{ ref('record_findings') }}

),

record_types as (

    select * from {{ ref('record_types') }}

),

links as (

    select * from {{ ref('record_links') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

deals as (

    select
        int_deals_resolved.deal_id,
        int_deals_resolved.owner_id,
        int_deals_resolved.deal_amount,
        int_deals_sequenced.company_id

    from {{ ref('int_deals_resolved') }} as int_deals_resolved

    inner join {{ ref('int_deals_sequenced') }} as int_deals_sequenced
        on int_deals_resolved.deal_id = int_deals_sequenced.deal_id

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

customer_money as (

    select * from {{ ref('int_customer_money_found') }}

),

-- Whose the record is now. An owner that stands in a rejected row may be unknown.
owned as (

    select
        found.*,
        kinds.place,
        kinds.urgency,
        kinds.name_en as finding_en,
        kinds.name_fr as finding_fr,
        coalesce(kinds.to_do_en, found.to_do_en) as action_en,
        coalesce(kinds.to_do_fr, found.to_do_fr) as action_fr,
        record_types.name_en as record_type_en,
        record_types.name_fr as record_type_fr,
        replace(links.url, '{id}', found.record_id) as record_link,
        coalesce(deal_companies.company_name, companies.company_name) as company_name,
        coalesce(given.owner_id, deals.owner_id, contacts.owner_id, companies.owner_id)
            as record_owner_id,
        case
            when found.record_type in ('customer', 'company') then customer_money.money_amount
            when found.record_type = 'deal'
                then cast(coalesce(deals.deal_amount, found.row_amount) as decimal(28, 8))
            else cast(found.row_amount as decimal(28, 8))
        end as money_amount,
        record_types.null_reason

    from found

    inner join kinds
        on found.finding = kinds.finding

    inner join record_types
        on found.record_type = record_types.record_type

    left join links
        on
            found.source_system = links.source_system
            and found.record_type = links.record_type

    left join owners as given
        on found.owner_id = given.owner_id

    left join deals
        on found.deal_id = deals.deal_id

    left join companies as deal_companies
        on deals.company_id = deal_companies.company_id

    left join contacts
        on found.contact_id = contacts.contact_id

    left join companies
        on found.company_id = companies.company_id

    left join customer_money
        on found.company_id = customer_money.customer_id

),

-- The money of a record counts once, with its most urgent finding.
ranked as (

    select
        *,
        row_number() over (
            partition by source_system, record_type, record_id
            order by
                place asc,
                column_name asc nulls first,
                rule asc nulls first
        ) as finding_number

    from owned

),

final as (

    select
        ranked.finding_key,
        ranked.finding,
        ranked.place,
        ranked.urgency,
        ranked.finding_en,
        ranked.finding_fr,
        ranked.source_system,
        ranked.record_type,
        ranked.record_type_en,
        ranked.record_type_fr,
        ranked.record_id,
        case
            when ranked.record_type in ('deal', 'company', 'customer') then ranked.company_name
            when ranked.record_type in ('owner', 'quota', 'forecast') then owners.owner_name
        end as record_name,
        ranked.record_link,
        ranked.record_owner_id as owner_id,
        owners.owner_name,
        owners.team,
        ranked.money_amount,
        case
            when ranked.money_amount is null then null
            when ranked.finding_number = 1 then ranked.money_amount
            else 0
        end as money_once_amount,
        case when ranked.money_amount is null then ranked.null_reason end as money_null_reason,
        '{{ var("reporting_currency") }}' as currency,
        ranked.action_en as to_do_en,
        ranked.action_fr as to_do_fr,
        ranked.table_name,
        ranked.column_name,
        ranked.rule,
        ranked.gate_row_count

    from ranked

    left join owners
        on ranked.record_owner_id = owners.owner_id

)

select * from final
