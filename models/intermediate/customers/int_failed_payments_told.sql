with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

reasons as (

    select * from {{ ref('payment_failure_reasons') }}

),

final as (

    select
        count(
            case
                when
                    subscriptions.subscription_status = 'past_due'
                    or subscriptions.past_due_since is not null
                    or reasons.cancellation_reason is not null
                    then 1
            end
        ) > 0 as are_failed_payments_told

    from subscriptions

    left join reasons
        on subscriptions.cancellation_reason = reasons.cancellation_reason

)

select * from final
