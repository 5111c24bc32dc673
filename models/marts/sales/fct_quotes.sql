with quotes as (

    select * from {{ ref('stg_quotes') }}

),

all_deals as (

    select * from {{ ref('stg_deals') }}

),

deals as (

    select * from {{ ref('int_deals_resolved') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

joined as (

    select
        quotes.quote_id,
        deals.deal_id,
        quotes.quote_status,
        {{ in_reporting_currency('quotes.quote_amount', 'currency_rates') }} as quote_amount,
        {{ reporting_day('quotes.sent_at') }} as sent_date,
        deals.reporting_date

    from quotes

    inner join all_deals
        on quotes.deal_id = all_deals.deal_id

    inner join deals
        on all_deals.surviving_deal_id = deals.deal_id

    left join currency_rates
        on quotes.currency = currency_rates.currency

),

final as (

    select
        quote_id,
        deal_id,
        quote_status,
        quote_amount,
        sent_date

    from joined

    where
        sent_date is null
        or sent_date <= reporting_date

)

select * from final
