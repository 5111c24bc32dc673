{{ config(enabled=connector_is_active('stripe')) }}

{#-
    The days on which a subscription was past due: from the day on which a charge failed, or the day
    after an invoice was due, to the day on which it was paid or given up. An invoice that is
    charged automatically has no day on which it is due: it is made when its period begins, and
    finalized an hour later, which may be the next day. One that is still unpaid makes arrears only
    if Stripe says so of the subscription, and then giving it up does not end them.
-#}
with subscriptions as (

    select
        subscription_id,
        coalesce(
            status in ('past_due', 'unpaid')
            or (status = 'canceled' and (ended_by = 'payment_failed' or was_past_due)),
            false
        ) as is_owing

    from {{ ref('base_stripe__subscriptions') }}

),

bills as (

    select
        invoices.subscription_id,
        case
            when invoices.due_on is not null then invoices.due_on + 1
            when invoices.finalized_on = invoices.created_on + 1 then invoices.created_on
            else invoices.finalized_on
        end as since,
        coalesce(
            invoices.paid_on,
            case when not subscriptions.is_owing then invoices.uncollectible_on end
        ) as until,
        case
            when invoices.status = 'paid' and invoices.due_on is not null
                then invoices.paid_on > invoices.due_on
            when invoices.status = 'paid'
                then invoices.attempt_count > 1 and invoices.paid_on > invoices.finalized_on
            when invoices.status = 'uncollectible'
                then invoices.uncollectible_on > invoices.finalized_on
            when invoices.status = 'open' then subscriptions.is_owing
        end as is_late

    from {{ ref('base_stripe__invoices') }} as invoices

    inner join subscriptions
        on invoices.subscription_id = subscriptions.subscription_id

),

late as (

    select
        subscription_id,
        since,
        coalesce(until, cast('9999-12-31' as date)) as until

    from bills

    where is_late and since is not null and (until is null or until >= since)

),

marked as (

    select
        *,
        since > max(until) over (
            partition by subscription_id
            order by since, until
            rows between unbounded preceding and 1 preceding
        ) + 1 as is_apart

    from late

),

numbered as (

    select
        *,
        count(case when is_apart then 1 end) over (
            partition by subscription_id order by since, until
        ) as run

    from marked

)

select
    subscription_id,
    min(since) as since,
    max(until) as until

from numbered

group by subscription_id, run
