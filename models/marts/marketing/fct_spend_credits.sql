{%- set first_day = "cast('" ~ var('calendar_start') ~ "' as date)" -%}
with credits as (

    select *

    from {{ ref('fct_deal_credits') }}

    where
        is_won
        and is_marketing
        and closed_date is not null

),

deals as (

    select * from {{ ref('fct_deals') }}

),

contacts as (

    select * from {{ ref('dim_contacts') }}

),

-- A month that was refunded as a whole bought nothing. All months of one purchase bought whatever
-- came of it, even before they were paid.
payments as (

    select
        *,
        case
            when is_one_purchase then cast({{ dbt.date_trunc('month', first_day) }} as date)
            else spend_month
        end as buys_from_month

    from {{ ref('fct_spend_months') }}

    where spent_amount > 0

),

-- A contact that was never seen came when the CRM first knew of it, or else of the deal.
dated as (

    select
        credits.*,
        least(
            coalesce(credits.touched_date, contacts.created_date, deals.created_date),
            credits.closed_date
        ) as came_date,
        {{ paid_for('credits') }} as paid_for

    from credits

    inner join deals
        on credits.deal_id = deals.deal_id

    left join contacts
        on deals.contact_id = contacts.contact_id

),

months as (

    select
        dated.*,
        {{ month_of('dated', 'came_date') }} as came_month

    from dated

),

-- One purchase is matched with all its months, all else with the last one up to the touch.
matched as (

    select
        months.*,
        payments.spend_month,
        payments.spent_amount,
        payments.is_one_purchase,
        row_number() over (
            partition by months.deal_id, months.touch_number
            order by
                case when payments.spend_month <= months.came_month then payments.spend_month end
                desc nulls last,
                payments.spend_month asc
        ) as nearness

    from months

    left join payments
        on
            months.paid_for = payments.paid_for
            and months.came_month >= payments.buys_from_month

),

bought as (

    select
        *,
        sum(spent_amount) over (partition by deal_id, touch_number) as whole_amount

    from matched

    where
        is_one_purchase
        or nearness = 1

),

-- Whole millionths, in proportion to what was paid; the remainder goes to the nearest month.
shared as (

    select
        *,
        case
            when whole_amount > 0
                then cast(
                    floor({{ divide('1000000 * spent_amount', 'whole_amount') }}) as bigint
                )
            else 1000000
        end as millionths

    from bought

),

portioned as (

    select
        *,
        cast(
            millionths
            + case
                when nearness = 1
                    then
                        1000000
                        - sum(millionths) over (partition by deal_id, touch_number)
                else 0
            end as decimal(18, 6)
        ) * cast(0.000001 as decimal(7, 6)) as share

    from shared

),

final as (

    select
        deal_id,
        touch_number,
        coalesce(spend_month, came_month) as spend_month,
        spend_month is not null as is_paid_for,
        touchpoint,
        channel,
        campaign_name,
        customer_type,
        closed_date,
        cast(share as decimal(9, 6)) as spend_share,
        first_touch_credit,
        last_touch_credit,
        linear_credit,
        time_decay_credit,
        position_based_credit,
        cast(first_touch_amount * cast(share as decimal(9, 6)) as decimal(28, 8))
            as first_touch_amount,
        cast(last_touch_amount * cast(share as decimal(9, 6)) as decimal(28, 8))
            as last_touch_amount,
        cast(linear_amount * cast(share as decimal(9, 6)) as decimal(28, 8)) as linear_amount,
        cast(time_decay_amount * cast(share as decimal(9, 6)) as decimal(28, 8))
            as time_decay_amount,
        cast(position_based_amount * cast(share as decimal(9, 6)) as decimal(28, 8))
            as position_based_amount

    from portioned

)

select * from final
