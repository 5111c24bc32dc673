with reps as (

    select * from {{ ref('agg_reps') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

-- A period has a yield if the books of all its months are known, and each month has the cost of a
-- rep.
known_periods as (

    select
        reps.period_grain,
        reps.period_start

    from {{ uncut(ref('agg_reps')) }} as reps

    inner join coverage
        on
            reps.period_grain = coverage.period_grain
            and reps.period_start = coverage.period_start

    where
        reps.dimension = 'all'
        and coverage.are_books_known
        and reps.known_month_count = coverage.month_count

),

-- A rep without a known cost in the period has no yield, and neither has a rep who signed only
-- deals without a known amount.
known as (

    select
        reps.*,
        case
            when known_periods.period_start is null or reps.known_count = 0 then null
            when reps.not_priced_count > 0 and reps.signed_amount = 0 then null
            else reps.signed_amount
        end as known_signed_amount,
        case
            when known_periods.period_start is not null and reps.known_count > 0
                then reps.cost_amount
        end as known_cost_amount,
        case
            when reps.signed_amount is null or max(reps.known_count) over () = 0 then 'no_source'
            when coverage.books_null_reason is not null then coverage.books_null_reason
            when known_periods.period_start is null or reps.known_count = 0 then 'costs_not_known'
        end as null_reason

    from reps

    inner join coverage
        on
            reps.period_grain = coverage.period_grain
            and reps.period_start = coverage.period_start

    left join known_periods
        on
            reps.period_grain = known_periods.period_grain
            and reps.period_start = known_periods.period_start

),

final as (

    {{ kpi_rows(
        'rep_yield', 'amount', 'known', 'known_signed_amount - known_cost_amount',
        null_reason='null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'rep_yield', 'multiple', 'known', 'known_signed_amount', 'known_cost_amount',
        null_reason='null_reason'
    ) }}

)

select * from final
