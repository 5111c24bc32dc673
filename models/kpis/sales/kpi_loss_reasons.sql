with lost_deals as (

    select
        *,
        {{ segment_without('lost_reason') }} as segment_of_all

    from {{ ref('agg_lost_deals') }}

),

-- A reason is a share of all that was lost: of all owners, or of one where owners are cut, too.
beside_all as (

    select
        *,
        sum(lost_count) over (
            partition by period_grain, period_start, dimension, segment_of_all
        ) as all_lost_count,
        sum(lost_priced_count) over (
            partition by period_grain, period_start, dimension, segment_of_all
        ) as all_lost_priced_count,
        sum(lost_amount) over (
            partition by period_grain, period_start, dimension, segment_of_all
        ) as known_lost_amount

    from lost_deals

),

-- Where deals were lost and the amount of none is known, all that was lost is not known either.
shares as (

    select
        *,
        case
            when all_lost_count = 0 or all_lost_priced_count > 0 then known_lost_amount
        end as all_lost_amount

    from beside_all

),

final as (

    {{ kpi_rows('loss_reasons', 'count', 'shares', 'lost_count', 'all_lost_count') }}

    union all

    {{ kpi_rows('loss_reasons', 'amount', 'shares', 'lost_amount', 'all_lost_amount') }}

)

select * from final
