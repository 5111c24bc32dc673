{{ config(pre_hook="{{ add_custom_columns('companies') }}") }}

with companies as (

    select * from {{ ref('stg_companies') }} where is_counted

),

all_companies as (

    select * from {{ ref('stg_companies') }}

),

sequenced_deals as (

    select * from {{ ref('int_deals_sequenced') }}

),

deals as (

    select * from {{ ref('int_deals_resolved') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

{{ links_of('company') }},

first_wins as (

    select
        sequenced_deals.company_id,
        min(deals.closed_date) as first_won_date

    from deals

    inner join sequenced_deals
        on deals.deal_id = sequenced_deals.deal_id

    where deals.is_won

    group by sequenced_deals.company_id

),

final as (

    select
        companies.company_id,
        companies.company_name,
        companies.industry,
        companies.country,
        companies.employee_count,
        companies.owner_id,
        owners.owner_name,
        owners.team,
        parents.surviving_company_id as parent_company_id,
        {{ reporting_day('companies.created_at') }} as created_date,
        first_wins.first_won_date,
        {{ address_of('companies', 'company_id') }} as record_url
        {{- custom_names('companies', 'companies') }}

    from companies

    left join all_companies as parents
        on companies.parent_company_id = parents.company_id

    left join owners
        on companies.owner_id = owners.owner_id

    left join first_wins
        on companies.company_id = first_wins.company_id

    left join links
        on companies.source_system = links.source_system

)

select * from final
