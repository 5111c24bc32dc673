{#-
    Question   Is it worth going back to deals that were lost, and how safe is a signature?
    Asked by   the head of sales, about win-back campaigns; the finance director, about bookings.

    How to read it
    Three rows: deals that were never reopened, deals that came back after a loss, deals that came
    back after a win (`reopened_after`, by what the deal's last reopening undid). `won_count`,
    `lost_count` and `open_count` say where they stand now; `won_share` is won / (won + lost), as in
    the KPI win_rate. `median_days_closed` is how long they had been closed when they came back.

    What it cannot tell
    Whether going back was the reason: reps reopen the deals in which they believe. With few
    reopened deals the share is an anecdote; read the counts. A reopening that was a slip of the
    mouse, undone the same day, counts too.
-#}
with deals as (

    select * from {{ ref('fct_deals').include(database=false) }}

),

stage_entries as (

    select * from {{ ref('fct_deal_stage_entries').include(database=false) }}

),

last_reopenings as (

    select
        deal_id,
        max(entry_number) as entry_number

    from stage_entries

    where is_reopening

    group by deal_id

),

-- The entry before the reopening is the closing that it undid.
closings as (

    select
        stage_entries.deal_id,
        stage_entries.is_won,
        stage_entries.entered_at,
        stage_entries.left_at

    from last_reopenings

    inner join stage_entries
        on
            last_reopenings.deal_id = stage_entries.deal_id
            and last_reopenings.entry_number - 1 = stage_entries.entry_number

),

undone_closings as (

    select
        deal_id,
        case when is_won then 'a win' else 'a loss' end as reopened_after,
        {{ dbt.datediff('entered_at', 'left_at', 'day') }}
            as days_closed

    from closings

),

judged as (

    select
        deals.deal_id,
        deals.deal_amount,
        deals.is_closed,
        deals.is_won,
        coalesce(undone_closings.reopened_after, '(never reopened)') as reopened_after,
        undone_closings.days_closed

    from deals

    left join undone_closings
        on deals.deal_id = undone_closings.deal_id

),

counted as (

    select
        reopened_after,
        count(deal_id) as deal_count,
        count(case when is_won then deal_id end) as won_count,
        count(case when is_closed and not is_won then deal_id end) as lost_count,
        count(case when not is_closed then deal_id end) as open_count,
        coalesce(sum(case when is_won then deal_amount end), 0) as won_amount,
        percentile_cont(0.5) within group (order by days_closed) as median_days_closed

    from judged

    group by reopened_after

),

final as (

    select
        reopened_after,
        deal_count,
        won_count,
        lost_count,
        open_count,
        {{ ratio('won_count', '(won_count + lost_count)') }} as won_share,
        won_amount,
        median_days_closed

    from counted

)

select * from final

order by reopened_after asc
