with lines as (

    select
        *,
        cast(mrr_in_currency * term_months as decimal(18, 2)) as term_amount,
        cast(full_mrr_in_currency * term_months as decimal(18, 2)) as full_term_amount

    from {{ ref('int_contract_lines_observed') }}

),

ends as (

    select * from {{ ref('int_contract_ends_dated') }}

),

days as (

    select * from {{ ref('int_contract_days_counted') }}

),

-- Each day of a term is worth the same, rounded to the cent by what is served so far.
served as (

    select
        days.line_id,
        days.month_start,
        days.day_kind,
        days.counted_until,
        lines.term_amount * days.term_count
        + cast(
            {{ ratio('lines.term_amount * days.day_count', 'days.term_days') }} as decimal(18, 2)
        ) as served_amount,
        lines.full_term_amount * days.term_count
        + cast(
            {{ ratio('lines.full_term_amount * days.day_count', 'days.term_days') }}
            as decimal(18, 2)
        ) as full_amount

    from days

    inner join lines
        on
            days.line_id = lines.line_id
            and days.month_start = lines.month_start

),

discounts as (

    select * from served where day_kind = 'discounted'

),

-- Days beyond the end of a discount are at the full price.
priced as (

    select
        served.line_id,
        served.month_start,
        served.day_kind,
        case
            when served.counted_until > discounts.counted_until
                then discounts.served_amount + served.full_amount - discounts.full_amount
            else served.served_amount
        end as served_amount

    from served

    left join discounts
        on
            served.line_id = discounts.line_id
            and served.month_start = discounts.month_start

),

remaining as (

    select
        line_id,
        month_start,
        sum(
            case day_kind
                when 'contracted' then served_amount
                when 'served' then -1 * served_amount
                else 0
            end
        ) as remaining_in_currency,
        sum(
            case day_kind
                when 'year' then served_amount
                when 'served' then -1 * served_amount
                else 0
            end
        ) as remaining_12_months_in_currency

    from priced

    group by
        line_id,
        month_start

),

final as (

    select
        lines.month_start,
        lines.balance_date,
        lines.subscription_id,
        lines.line_id,
        lines.customer_id,
        lines.deal_id,
        lines.plan,
        lines.is_add_on,
        lines.currency,
        lines.contract_status,
        lines.signed_date,
        lines.service_from,
        lines.cancel_asked_date,
        ends.contracted_until,
        cast(case when lines.is_running then lines.line_mrr_amount else 0 end as decimal(28, 8))
            as mrr_amount,
        cast(
            case when lines.contract_status = 'not_started' then lines.line_mrr_amount else 0 end
            as decimal(28, 8)
        ) as not_started_mrr_amount,
        cast(
            case
                when lines.is_running and lines.contract_status = 'leaving'
                    then lines.line_mrr_amount
                else 0
            end as decimal(28, 8)
        ) as leaving_mrr_amount,
        cast(
            {{ converted('remaining.remaining_in_currency', 'lines.conversion_rate') }}
            as decimal(28, 8)
        ) as remaining_amount,
        cast(
            {{ converted('remaining.remaining_12_months_in_currency', 'lines.conversion_rate') }}
            as decimal(28, 8)
        ) as remaining_12_months_amount

    from lines

    inner join ends
        on
            lines.line_id = ends.line_id
            and lines.month_start = ends.month_start

    inner join remaining
        on
            lines.line_id = remaining.line_id
            and lines.month_start = remaining.month_start

)

select * from final
