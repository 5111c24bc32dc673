{{ config(enabled=connector_is_active('stripe')) }}

{#-
    What each line of an invoice bills: how many, at which price of one, with which discount. A
    discount that is no whole percentage, and no known one, is an amount: it lowers the price.
-#}
with discounts as (

    select
        line_key,
        sum(minor_amount) as minor_amount

    from {{ ref('base_stripe__line_discounts') }}

    group by line_key

),

both_taxes as (

    select * from {{ ref('base_stripe__line_tax_amounts') }}

    union all

    select * from {{ ref('base_stripe__line_taxes') }}

),

taxes as (

    select
        line_key,
        sum(minor_amount) as minor_amount

    from both_taxes

    where is_inclusive

    group by line_key

),

-- Where no line says what was taken off it, the invoice says what was taken off all: the lines that
-- discounts apply to share it.
unsaid as (

    select
        items.invoice_key,
        (
            1
            - {{ amount_of('max(coalesce(invoices.total_excluding_tax, invoices.total))') }}
            / nullif({{ amount_of('max(invoices.subtotal)') }}, 0)
        )
        * sum(items.minor_amount)
        / nullif(sum(case when items.is_discountable then items.minor_amount end), 0) as share

    from {{ ref('base_stripe__invoice_items') }} as items

    inner join {{ ref('base_stripe__invoices') }} as invoices
        on items.invoice_key = invoices.row_key

    left join discounts on items.row_key = discounts.line_key

    left join taxes on items.row_key = taxes.line_key

    group by items.invoice_key

    having count(discounts.line_key) = 0 and count(taxes.line_key) = 0

),

lines as (

    select
        items.*,
        invoices.invoice_id,
        invoices.status as invoice_status,
        invoices.created_at as invoiced_at,
        invoices.uncollectible_on is not null
        and invoices.uncollectible_on = invoices.finalized_on as is_given_up,
        invoices.discount_share as coupon_share,
        coalesce(
            discounts.minor_amount,
            case when items.is_discountable then round(items.minor_amount * unsaid.share) end,
            0
        ) as minor_discount,
        coalesce(taxes.minor_amount, 0) as minor_tax,
        coalesce(items.is_proration and items.minor_amount < 0, false) as is_credit,
        prices.unit_price as price,
        coalesce(prices.line_type, 'one_off') as line_type,
        case
            when prices.divide_by is null or coalesce(items.quantity, 0) = 0 then 1
            when prices.is_rounded_up
                then ceil(items.quantity / prices.divide_by) / items.quantity
            else floor(items.quantity / prices.divide_by) / items.quantity
        end as packages_of_one

    from {{ ref('base_stripe__invoice_items') }} as items

    inner join {{ ref('base_stripe__invoices') }} as invoices
        on items.invoice_key = invoices.row_key

    left join discounts on items.row_key = discounts.line_key

    left join taxes on items.row_key = taxes.line_key

    left join unsaid on items.invoice_key = unsaid.invoice_key

    left join {{ ref('base_stripe__prices') }} as prices on items.price_id = prices.price_id

),

shares as (

    select
        *,
        minor_amount - minor_discount - minor_tax as minor_net,
        case
            when minor_discount = 0 or minor_amount = 0 then 0
            when round(minor_amount * coupon_share) = minor_discount then coupon_share
            when round(minor_amount * round(minor_discount / minor_amount, 2)) = minor_discount
                then round(minor_discount / minor_amount, 2)
        end as share

    from lines

)

select
    invoice_line_id,
    invoice_id,
    invoice_status,
    invoiced_at,
    place,
    is_given_up,
    subscription_id,
    item_id,
    price_id,
    line_type,
    is_proration,
    is_credit,
    currency,
    quantity,
    started_at,
    started_on,
    ends_on,
    {{ minor_units('minor_net', 'currency') }} as net_amount,
    case when not is_proration then coalesce(share, 0) end as discount_share,
    case
        when is_proration then price * packages_of_one
        when quantity = 0 or quantity is null then price
        when share is null
            then {{ amount_of(minor_units('minor_net', 'currency')) }} / quantity
        when share = 1 then price * packages_of_one
        when minor_tax != 0 or price is null
            then {{ amount_of(minor_units('minor_net', 'currency')) }} / quantity / (1 - share)
        else price * packages_of_one
    end as unit_price,
    case
        when quantity > 0 and not is_proration
            then {{ amount_of(minor_units('minor_amount', 'currency')) }} / quantity
    end as list_unit_price

from shares
