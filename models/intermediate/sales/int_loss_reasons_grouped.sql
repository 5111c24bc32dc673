with deals as (

    select
        deal_id,
        {{ as_choice('trim(lost_reason)') }} as given_reason

    from {{ ref('int_deals_resolved') }}

    where
        is_closed
        and not is_won

),

ranked as (

    select
        given_reason,
        row_number() over (
            order by count(*) desc, given_reason asc
        ) as reason_rank

    from deals

    where given_reason is not null

    group by given_reason

),

final as (

    select
        deals.deal_id,
        case
            when ranked.reason_rank > {{ var('max_loss_reasons') }} then '(other)'
            else deals.given_reason
        end as loss_reason

    from deals

    left join ranked
        on deals.given_reason = ranked.given_reason

)

select * from final
