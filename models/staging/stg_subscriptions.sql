with {{ accepted_inputs('subscriptions', spelled={'currency': 'currency_rates'}) }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('subscription_id') }} as subscription_id,
        {{ entity_id('line_id') }} as line_id,
        {{ entity_id('company_id') }} as company_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ entity_id('plan_id') }} as plan_id,
        coalesce({{ as_choice('line_type') }}, 'recurring') as line_type,
        {{ as_choice('subscription_status') }} as subscription_status,
        {{ as_number('quantity', 'decimal(18, 4)') }} as quantity,
        {{ as_number('unit_price', 'decimal(28, 8)') }} as unit_price,
        {{ as_number('list_unit_price', 'decimal(28, 8)') }} as list_unit_price,
        cast(
            coalesce({{ as_number('discount_share', 'decimal(9, 6)') }}, 0) as decimal(9, 6)
        ) as discount_share,
        {{ as_last_day('discount_ends_on') }} as discount_ends_on,
        spelled_currency as currency,
        {{ as_choice('billing_interval') }} as billing_interval,
        coalesce({{ as_number('interval_count', 'integer') }}, 1) as interval_count,
        {{ as_day('valid_from') }} as valid_from,
        {{ as_last_day('valid_to') }} as valid_to,
        {{ as_day('trial_ends_on') }} as trial_ends_on,
        {{ as_day('cancel_requested_on') }} as cancel_requested_on,
        {{ as_last_day('paid_until') }} as paid_until,
        {{ as_day('past_due_since') }} as past_due_since,
        {{ as_choice('cancellation_reason') }} as cancellation_reason

    from accepted

),

refused as (

    select
        {{ entity_id('inputs.line_id') }} as line_id,
        {{ as_day('inputs.valid_from') }} as valid_from,
        {{ as_choice('inputs.subscription_status') }} as subscription_status

    from inputs

    inner join rejected
        on inputs.input_row_id = rejected.input_row_id

),

-- A rejected row brings no revenue, but it proves that the line had another status before.
with_another_status_before as (

    select distinct typed.input_row_id

    from typed

    inner join refused
        on typed.line_id = refused.line_id

    where
        refused.valid_from < typed.valid_from
        and coalesce(refused.subscription_status, '') != typed.subscription_status

),

-- Billing systems and histories end a period where the next one starts: that day is the next one's.
followed as (

    select
        typed.*,
        with_another_status_before.input_row_id is not null as follows_rejected_status,
        lead(typed.valid_from) over (
            partition by typed.line_id order by typed.valid_from
        ) as next_valid_from

    from typed

    left join with_another_status_before
        on typed.input_row_id = with_another_status_before.input_row_id

),

final as (

    select
        source_system,
        input_row_id,
        subscription_id,
        line_id,
        company_id,
        deal_id,
        plan_id,
        line_type,
        subscription_status,
        quantity,
        unit_price,
        list_unit_price,
        discount_share,
        discount_ends_on,
        currency,
        billing_interval,
        interval_count,
        valid_from,
        case
            when valid_to = next_valid_from
                then cast({{ dbt.dateadd('day', -1, 'valid_to') }} as date)
            else valid_to
        end as valid_to,
        trial_ends_on,
        cancel_requested_on,
        paid_until,
        past_due_since,
        cancellation_reason,
        follows_rejected_status

    from followed

)

select * from final
