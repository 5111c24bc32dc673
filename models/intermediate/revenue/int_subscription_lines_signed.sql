with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

periods as (

    select * from {{ ref('int_subscription_periods_paid') }}

),

deals as (

    select * from {{ ref('stg_deals') }}

),

won_deals as (

    select * from {{ ref('int_deals_resolved') }} where is_won

),

ranked as (

    select
        subscriptions.*,
        coalesce(subscriptions.subscription_id, subscriptions.line_id) as subscription_key,
        row_number() over (
            partition by subscriptions.line_id order by subscriptions.valid_from asc
        ) as place

    from subscriptions

    where subscriptions.line_type = 'recurring'

),

lines as (

    select * from ranked where place = 1

),

paid as (

    select
        line_id,
        customer_id,
        min(paid_from) as paid_from

    from periods

    group by
        line_id,
        customer_id

),

-- A line that was added later names the deal of its subscription, and was not signed with it: only
-- the lines that begin first were.
with_deals as (

    select
        lines.line_id,
        lines.valid_from,
        deals.surviving_deal_id as deal_id,
        min(lines.valid_from) over (
            partition by lines.subscription_key, deals.surviving_deal_id
        ) as deal_from

    from lines

    inner join deals
        on lines.deal_id = deals.deal_id

),

-- A line that begins with a trial waits for its first paid day: whether it would be paid was not
-- known before.
final as (

    select
        paid.line_id,
        paid.customer_id,
        paid.paid_from as service_from,
        won_deals.closed_date as signed_date

    from with_deals

    inner join won_deals
        on with_deals.deal_id = won_deals.deal_id

    inner join paid
        on
            with_deals.line_id = paid.line_id
            and with_deals.valid_from = paid.paid_from

    where
        with_deals.valid_from = with_deals.deal_from
        and won_deals.closed_date is not null

)

select * from final
