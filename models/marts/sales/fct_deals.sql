{{ config(pre_hook="{{ add_custom_columns('deals') }}{{ add_custom_cuts('companies') }}") }}

with deals as (

    select
        *,
        -- Whose a deal is, is told by the day of its closing, and until then by the report.
        coalesce(closed_date, reporting_date) as owned_date

    from {{ ref('int_deals_resolved') }}

),

deal_owners as (

    select * from {{ ref('int_deal_values_dated') }} where property_name = 'owner_id'

),

deal_amounts as (

    select * from {{ ref('int_deal_values_dated') }} where property_name = 'amount'

),

sequenced as (

    select * from {{ ref('int_deals_sequenced') }}

),

loss_reasons as (

    select * from {{ ref('int_loss_reasons_grouped') }}

),

primary_contacts as (

    select * from {{ ref('int_deal_contacts_chosen') }} where contact_rank = 1

),

interactions as (

    select * from {{ ref('int_deal_interactions_first') }}

),

quotes as (

    select * from {{ ref('fct_quotes') }}

),

contacts as (

    select * from {{ ref('dim_contacts') }}

),

companies as (

    select * from {{ ref('dim_companies') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

-- Read for custom columns alone.
staged_deals as (

    select * from {{ ref('stg_deals') }}

),

{{ links_of('deal') }},

first_quotes as (

    select
        deal_id,
        min(sent_date) as first_quote_date

    from quotes

    group by deal_id

),

joined as (

    select
        deals.deal_id,
        deals.deal_name,
        sequenced.company_id,
        companies.company_name,
        primary_contacts.contact_id,
        deal_owners.owner_id,
        owners.owner_name,
        owners.team,
        contacts.channel,
        contacts.touchpoint,
        contacts.campaign_name,
        companies.industry,
        coalesce(companies.country, contacts.country) as country,
        -- The plan has billing's name, if the CRM's value is an id of billing.
        coalesce(plans.plan_name, deals.plan) as plan,
        sequenced.customer_type,
        deals.deal_type,
        deals.pipeline_id,
        deals.pipeline_name,
        deals.stage_id,
        deals.stage_name,
        deals.stage_order,
        deals.win_probability,
        deals.is_closed,
        deals.is_won,
        deals.forecast_category,
        deals.lost_reason,
        loss_reasons.loss_reason,
        deals.reopened_count,
        deals.deal_amount,
        deal_amounts.deal_amount as initial_amount,
        deals.created_date,
        least(interactions.first_interaction_date, deals.created_date) as first_interaction_date,
        first_quotes.first_quote_date,
        case when not deals.is_closed then deals.close_date end as expected_close_date,
        deals.closed_date,
        {{ address_of('deals', 'deal_id') }} as record_url
        {{- custom_names('deals', 'staged_deals') }}
        {{- custom_cuts('companies', 'companies') }}

    from deals

    left join staged_deals
        on deals.deal_id = staged_deals.deal_id

    inner join sequenced
        on deals.deal_id = sequenced.deal_id

    left join loss_reasons
        on deals.deal_id = loss_reasons.deal_id

    left join primary_contacts
        on deals.deal_id = primary_contacts.deal_id

    left join contacts
        on primary_contacts.contact_id = contacts.contact_id

    left join companies
        on sequenced.company_id = companies.company_id

    left join deal_owners
        on
            deals.deal_id = deal_owners.deal_id
            and deals.owned_date >= deal_owners.valid_from
            and deals.owned_date < deal_owners.valid_until

    left join deal_amounts
        on
            deals.deal_id = deal_amounts.deal_id
            and deals.created_date >= deal_amounts.valid_from
            and deals.created_date < deal_amounts.valid_until

    left join owners
        on
            deal_owners.owner_id = owners.owner_id
            and deals.owned_date >= owners.valid_from
            and deals.owned_date <= owners.valid_to

    left join plans
        on deals.source_system || ':' || deals.plan = plans.plan_id

    left join interactions
        on deals.deal_id = interactions.deal_id

    left join first_quotes
        on deals.deal_id = first_quotes.deal_id

    left join links
        on deals.source_system = links.source_system

),

-- A deal that was closed before it was created has a typing error and no cycle.
final as (

    select
        joined.*,
        case
            when closed_date >= created_date
                then {{ dbt.datediff('first_interaction_date', 'closed_date', 'day') }}
        end as cycle_days,
        case
            when closed_date >= created_date
                then {{ dbt.datediff('created_date', 'closed_date', 'day') }}
        end as days_from_creation,
        -- A won deal without a company counts as a customer of its own.
        coalesce(
            is_won and row_number() over (
                partition by
                    is_won, company_id, case when company_id is null then deal_id end
                order by closed_date asc nulls last, deal_id asc
            ) = 1,
            false
        ) as is_first_won_deal

    from joined

)

select * from final
