with dated_values as (

    select * from {{ ref('int_deal_values_dated') }} where property_name = 'close_date'

),

spans as (

    select * from {{ ref('int_deal_open_spans') }} where pipeline_basis = 'as_seen'

),

in_order as (

    select
        deal_id,
        valid_from as moved_date,
        close_date,
        lag(close_date) over (partition by deal_id order by valid_from asc) as previous_close_date

    from dated_values

),

final as (

    select
        in_order.deal_id,
        in_order.moved_date,
        in_order.previous_close_date,
        in_order.close_date,
        {{ dbt.datediff('in_order.previous_close_date', 'in_order.close_date', 'day') }}
            as moved_days

    from in_order

    -- A closing writes its own day, and a reopening a new one: neither is a move.
    inner join spans
        on
            in_order.deal_id = spans.deal_id
            and in_order.moved_date > spans.open_from
            and (spans.open_until is null or in_order.moved_date < spans.open_until)

    where
        in_order.previous_close_date is not null
        and in_order.close_date != in_order.previous_close_date

)

select * from final
