with excluded as (

    select * from {{ ref('int_deals_excluded') }}

),

deals as (

    select * from {{ ref('stg_deals') }}

),

pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

{{ links_of('deal') }},

final as (

    select
        deals.deal_id,
        deals.deal_name,
        deals.owner_id,
        owners.owner_name,
        pipelines.pipeline_name,
        deals.lost_reason,
        {{ in_reporting_currency('deals.deal_amount', 'currency_rates') }} as deal_amount,
        {{ reporting_day('deals.created_at') }} as created_date,
        deals.close_date,
        {{ address_of('deals', 'deal_id') }} as record_url

    from excluded

    inner join deals
        on excluded.deal_id = deals.deal_id

    inner join pipelines
        on
            deals.pipeline_id = pipelines.pipeline_id
            and deals.stage_id = pipelines.stage_id

    left join owners
        on deals.owner_id = owners.owner_id

    left join currency_rates
        on deals.currency = currency_rates.currency

    left join links
        on deals.source_system = links.source_system

)

select * from final
