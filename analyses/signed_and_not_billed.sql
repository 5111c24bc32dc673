{#-
    Question   Of what sales signed, what was billed, and where is the rest?
    Asked by   the finance director, before the books are closed; the head of sales.

    How to read it
    One row per state of billing, the largest difference first. `signed_amount` is the yearly
    value of the won deals, `billed_amount` what was billed of their first year of service. The
    difference is `residual_amount`, and the five amounts after it add up to it: what was never
    subscribed (another price, or no subscription under the deal), what changed since the first
    day (negative where customers added seats), what is still to be billed, what was credited, and
    what remains unexplained. `billed_with_another_deal` is as a rule an expansion that billing
    added to the first deal; see the deals themselves in marts.fct_won_to_billed.

    What it cannot tell
    Whether an invoice was paid. Deals whose amount is not the value of a year compare badly.
-#}
with bridge as (

    select * from {{ ref('fct_won_to_billed').include(database=false) }}

),

final as (

    select
        billing_status,
        count(deal_id) as deal_count,
        sum(signed_amount) as signed_amount,
        sum(billed_amount) as billed_amount,
        sum(residual_amount) as residual_amount,
        sum(not_subscribed_amount) as not_subscribed_amount,
        sum(changed_amount) as changed_amount,
        sum(not_yet_billed_amount) as not_yet_billed_amount,
        sum(credited_amount) as credited_amount,
        sum(unexplained_amount) as unexplained_amount

    from bridge

    group by billing_status

)

select * from final

order by residual_amount desc, billing_status asc
