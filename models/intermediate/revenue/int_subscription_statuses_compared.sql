with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

-- Two ways of telling a status: a source with history begins a new period when it changes, so that
-- it holds from that day on; one without stamps today's status on the whole life of the line. A
-- status is stamped if no earlier period of the line has another one.
final as (

    select
        subscriptions.*,
        sum(case when subscription_status != 'canceled' then 1 else 0 end) over (
            partition by line_id
            order by valid_from asc
            rows between unbounded preceding and current row
        ) = 0 and not coalesce(follows_rejected_status, false) as is_canceled_all_along,
        sum(case when subscription_status != 'past_due' then 1 else 0 end) over (
            partition by line_id
            order by valid_from asc
            rows between unbounded preceding and current row
        ) + case when follows_rejected_status then 1 else 0 end as status_count_before

    from subscriptions

)

select * from final
