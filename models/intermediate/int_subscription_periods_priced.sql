{%- set grace = var('past_due_grace_days') -%}
with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

-- What is sold once, set up once or metered is no recurring revenue; a trial or a pause pays
-- nothing.
recurring as (

    select
        subscriptions.*,
        -- Whose company the CRM does not know is a customer all the same.
        coalesce(companies.surviving_company_id, subscriptions.company_id) as customer_id,
        coalesce(plans.plan_name, subscriptions.plan_id, '(none)') as plan,
        coalesce(plans.product_family = 'add_on', false) as is_add_on

    from subscriptions

    left join companies
        on subscriptions.company_id = companies.company_id

    left join plans
        on subscriptions.plan_id = plans.plan_id

    where
        subscriptions.line_type = 'recurring'
        and subscriptions.subscription_status in ('active', 'past_due', 'canceled')

),

-- The days on which the period is paid for, both inside it. Service that was paid for counts to its
-- end, whenever the cancellation was asked for; who is past due counts for some days more.
paid as (

    select
        recurring.*,
        greatest(
            valid_from,
            cast({{ dbt.dateadd('day', 1, 'trial_ends_on') }} as date)
        ) as paid_from,
        least(
            valid_to,
            case
                when subscription_status = 'canceled' or cancel_requested_on is not null
                    then paid_until
            end,
            case
                when subscription_status = 'past_due'
                    then cast(
                        {{ dbt.dateadd('day', grace, 'coalesce(past_due_since, valid_from)') }}
                        as date
                    )
            end
        ) as paid_to

    from recurring

    where
        subscription_status != 'canceled'
        or paid_until is not null

),

-- A discount that ends inside the period divides it.
price_steps as (

    select true as is_discounted

    union all

    select false as is_discounted

),

stepped as (

    select
        paid.*,
        price_steps.is_discounted,
        case
            when price_steps.is_discounted or paid.discount_share = 0 then paid.paid_from
            else greatest(
                paid.paid_from,
                cast({{ dbt.dateadd('day', 1, 'paid.discount_ends_on') }} as date)
            )
        end as step_from,
        case
            when price_steps.is_discounted then least(paid.paid_to, paid.discount_ends_on)
            else paid.paid_to
        end as step_to,
        cast(
            cast(paid.quantity as decimal(28, 4)) * paid.unit_price
            * (1 - case when price_steps.is_discounted then paid.discount_share else 0 end)
            as decimal(28, 8)
        ) as interval_price,
        cast(
            cast(paid.quantity as decimal(28, 4))
            * coalesce(paid.list_unit_price, paid.unit_price) as decimal(28, 8)
        ) as interval_list_price,
        case paid.billing_interval when 'week' then 52 when 'day' then 365 else 1 end
            as months_divided_by,
        case
            when paid.billing_interval = 'month' then 1
            when paid.billing_interval = 'quarter' then 3
            else 12
        end * paid.interval_count as months_per_interval

    from paid

    cross join price_steps

    -- Without an end the discount lasts as long as the period; without a discount there is one
    -- step.
    where
        case
            when paid.discount_share = 0 then not price_steps.is_discounted
            else price_steps.is_discounted or paid.discount_ends_on is not null
        end

),

final as (

    select
        source_system,
        input_row_id,
        subscription_id,
        line_id,
        customer_id,
        deal_id,
        plan_id,
        plan,
        is_add_on,
        currency,
        quantity,
        step_from as paid_from,
        step_to as paid_to,
        cast(interval_price * months_divided_by / months_per_interval as decimal(28, 8))
            as mrr_in_currency,
        cast(interval_list_price * months_divided_by / months_per_interval as decimal(28, 8))
            as list_mrr_in_currency

    from stepped

    where
        step_to is null
        or step_from <= step_to

)

select * from final
