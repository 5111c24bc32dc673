with paid as (

    select * from {{ ref('int_subscription_periods_paid') }}

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
        cast(cast(paid.quantity as decimal(28, 4)) * paid.unit_price as decimal(28, 8))
            as interval_full_price,
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
            as list_mrr_in_currency,
        cast(interval_full_price * months_divided_by / months_per_interval as decimal(28, 8))
            as full_mrr_in_currency,
        case when is_discounted then discount_ends_on end as discounted_until

    from stepped

    where
        step_to is null
        or step_from <= step_to

)

select * from final
