{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with trials as (

    select * from {{ ref('int_trials_followed') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        trials.trial_id as subscription_id,
        trials.customer_id,
        trials.plan,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        trials.started_date,
        trials.ended_date,
        trials.first_paid_date
        {{- custom_cuts('companies', 'customers') }}

    from trials

    left join customers
        on trials.customer_id = customers.customer_id

)

select * from final
