{{ config(enabled=connector_is_active('stripe')) }}

{#-
    A subscription that was never paid for, and ended for it, has never begun. Where dlt appends,
    each load brings all objects again: the last one counts here, and in the models beside this one.
    Fivetran keeps the versions of a subscription, and says which is the present one.
-#}
select
    {{ cell_text(field('id')) }} as subscription_id,
    {{ cell_text(field('customer')) }} as customer_id,
    {{ metadata_of('metadata__deal_id') }} as deal_id,
    {{ cell_text(field('status')) }} as status,
    coalesce(
        bool_or({{ cell_text(field('status')) }} in ('past_due', 'unpaid'))
            over (partition by {{ field('id') }}),
        false
    ) as was_past_due,
    {{ cell_text(field('pause_collection__behavior')) }} is not null as is_pause_set,
    {{ utc_of(field('start_date')) }} as started_at,
    {{ day_of_epoch(field('start_date')) }} as started_on,
    {{ day_of_epoch(field('trial_end')) }} - 1 as trial_ends_on,
    {{ day_of_epoch(field('canceled_at')) }} as cancel_requested_on,
    {{ day_of_epoch(field('cancel_at')) }} - 1 as cancels_on,
    {{ day_of_epoch(field('ended_at')) }} - 1 as ends_on,
    {{ day_of_epoch(field('current_period_end')) }} - 1 as paid_until,
    {{ flag(field('cancel_at_period_end')) }} = 'true' as is_cancelled_at_period_end,
    {{ cell_text(field('cancellation_details__feedback')) }} as feedback,
    {{ cell_text(field('cancellation_details__reason')) }} as ended_by,
    {{ cell_text(field('discount__id')) }} as discount_id,
    {{ day_of_epoch(field('discount__end')) }} - 1 as discount_ends_on,
    {{ cell_text(field('_dlt_id', 'id')) }} as row_key

from {{ extract('stripe', 'subscription') }}

qualify
    {{ is_of_last_load(flag(field('_fivetran_active'))) }}
    and coalesce({{ cell_text(field('status')) }}, '') not in ('incomplete', 'incomplete_expired')
