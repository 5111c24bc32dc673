with spans as (

    select * from {{ ref('int_deal_open_spans') }}

),

deals as (

    select * from {{ ref('int_deals_resolved') }}

),

amounts as (

    select * from {{ ref('int_deal_values_dated') }} where property_name = 'amount'

),

close_dates as (

    select * from {{ ref('int_deal_values_dated') }} where property_name = 'close_date'

),

owners as (

    select * from {{ ref('int_deal_values_dated') }} where property_name = 'owner_id'

),

-- The last closing as known is what the deal says now. Closing a deal writes its day over the date
-- that was expected, which is that of the day before.
final as (

    select
        spans.deal_id,
        spans.pipeline_basis,
        spans.span_number,
        spans.open_until as closed_date,
        lead(spans.open_until) over (
            partition by spans.deal_id, spans.pipeline_basis
            order by spans.span_number asc
        ) as next_closed_date,
        spans.is_won,
        case
            when spans.is_last_span and spans.pipeline_basis = 'as_known' then deals.deal_amount
            else amounts.deal_amount
        end as deal_amount,
        close_dates.close_date as expected_close_date,
        owners.owner_id

    from spans

    inner join deals
        on spans.deal_id = deals.deal_id

    left join amounts
        on
            spans.deal_id = amounts.deal_id
            and spans.open_until >= amounts.valid_from
            and spans.open_until < amounts.valid_until

    left join close_dates
        on
            spans.deal_id = close_dates.deal_id
            and spans.open_until > close_dates.valid_from
            and spans.open_until <= close_dates.valid_until

    left join owners
        on
            spans.deal_id = owners.deal_id
            and spans.open_until >= owners.valid_from
            and spans.open_until < owners.valid_until

    where spans.open_until is not null

)

select * from final
