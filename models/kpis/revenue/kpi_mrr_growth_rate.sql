with subscription_months as (

    select * from {{ ref('agg_subscription_months') }}

),

{{ compared_periods() }},

{{ first_balance() }},

-- MRR before the first balance is unknown, and not zero.
known_balances as (

    select subscription_months.*

    from subscription_months

    inner join first_balance
        on subscription_months.period_end >= first_balance.month_start

),

side_by_side as (

    select
        compared.comparison as variant,
        subscription_months.period_grain,
        subscription_months.period_start,
        subscription_months.period_end,
        subscription_months.reporting_date,
        subscription_months.dimension,
        subscription_months.segment,
        subscription_months.mrr_amount - earlier.mrr_amount as growth_amount,
        earlier.mrr_amount as compared_amount,
        case
            when subscription_months.mrr_amount is null then 'no_source'
            when earlier.period_start is null then 'not_yet'
            when earlier.mrr_amount < 0 then 'too_few'
        end as null_reason

    from subscription_months

    inner join compared
        on
            subscription_months.period_grain = compared.period_grain
            and subscription_months.period_start = compared.period_start

    left join known_balances as earlier
        on
            compared.period_grain = earlier.period_grain
            and compared.compared_start = earlier.period_start
            and subscription_months.dimension = earlier.dimension
            and subscription_months.segment = earlier.segment

),

-- Adjustments can make the MRR of a segment negative: there is no growth over that.
grown as (

    select
        *,
        case
            when compared_amount > 0
                then {{ ratio('growth_amount', 'compared_amount') }}
        end as growth_rate

    from side_by_side

),

final as (

    {{ kpi_rows(
        'mrr_growth_rate', none, 'grown', 'growth_amount', 'compared_amount', value='growth_rate',
        null_reason='null_reason'
    ) }}

)

select * from final
