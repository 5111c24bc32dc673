with {{ accepted_inputs('subscriptions') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('subscription_id') }} as subscription_id,
        {{ entity_id('line_id') }} as line_id,
        {{ entity_id('company_id') }} as company_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ entity_id('plan_id') }} as plan_id,
        coalesce(line_type, 'recurring') as line_type,
        subscription_status,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(unit_price as decimal(28, 8)) as unit_price,
        cast(list_unit_price as decimal(28, 8)) as list_unit_price,
        cast(coalesce(cast(discount_share as decimal(9, 6)), 0) as decimal(9, 6)) as discount_share,
        cast(discount_ends_on as date) as discount_ends_on,
        currency,
        billing_interval,
        coalesce(
            cast(round(cast(interval_count as decimal(18, 4))) as integer), 1
        ) as interval_count,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(trial_ends_on as date) as trial_ends_on,
        cast(cancel_requested_on as date) as cancel_requested_on,
        cast(paid_until as date) as paid_until,
        cast(past_due_since as date) as past_due_since

    from accepted

)

select * from final
