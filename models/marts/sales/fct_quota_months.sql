with quotas as (

    select * from {{ ref('stg_quotas') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

-- If no deal has an outcome, the amounts won are unknown.
outcomes as (

    select count(*) > 0 as are_known

    from {{ ref('fct_deals') }}

    where is_won is not null

),

won_deals as (

    select
        owner_id,
        cast({{ dbt.date_trunc('month', 'closed_date') }} as date) as month_start,
        sum(deal_amount) as won_amount

    from {{ ref('fct_deals') }}

    where
        is_won
        and closed_date is not null
        and owner_id is not null

    group by
        owner_id,
        cast({{ dbt.date_trunc('month', 'closed_date') }} as date)

),

reporting as (

    select max(reporting_date) as reporting_date from {{ ref('dim_periods') }}

),

-- A rep begins when the tool knows the person, or with the first period of a team.
beginnings as (

    select
        owner_id,
        created_date as begun_on

    from {{ ref('dim_owners') }}

    where created_date is not null

    union all

    select
        owner_id,
        valid_from as begun_on

    from {{ ref('stg_owner_periods') }}

),

begun as (

    select
        owner_id,
        min(begun_on) as begun_on

    from beginnings

    group by owner_id

),

-- If no rep's beginning is known, nobody's ramp is.
are_begun as (

    select count(*) > 0 as are_known from begun

),

ramp as (

    select
        from_month,
        lead(from_month) over (order by from_month asc) as until_month,
        ramp_share

    from {{ ref('rep_ramp') }}

),

quarters as (

    select
        quotas.owner_id,
        cast({{ dbt.date_trunc('month', 'quotas.quarter_start') }} as date) as quarter_start,
        {{ in_reporting_currency('quotas.quota_amount', 'currency_rates') }} as quota_amount

    from quotas

    left join currency_rates
        on quotas.currency = currency_rates.currency

),

months as (

    select 0 as month_number

    union all

    select 1 as month_number

    union all

    select 2 as month_number

),

months_of_quarters as (

    select
        quarters.owner_id,
        cast({{ dbt.dateadd('month', 'months.month_number', 'quarters.quarter_start') }} as date)
            as month_start,
        months.month_number,
        quarters.quota_amount,
        cast({{ divide('quarters.quota_amount', '3') }} as decimal(28, 8)) as third_amount

    from quarters

    cross join months

),

-- A rep who changes team within a month ends it in the new one. Who has a quota before the first
-- day is new.
ended as (

    select
        months_of_quarters.*,
        cast({{ dbt.last_day('months_of_quarters.month_start', 'month') }} as date) as month_end,
        case
            when begun.begun_on > months_of_quarters.month_start then 0
            else cast(
                {{ dbt.datediff('begun.begun_on', 'months_of_quarters.month_start', 'month') }}
                as integer
            )
        end as tenure_months

    from months_of_quarters

    left join begun
        on months_of_quarters.owner_id = begun.owner_id

),

final as (

    select
        ended.owner_id,
        owners.owner_name,
        owners.team,
        ended.month_start,
        -- The last month takes the remainder of rounding.
        cast(
            case ended.month_number
                when 2 then ended.quota_amount - 2 * ended.third_amount
                else ended.third_amount
            end as decimal(28, 8)
        ) as quota_amount,
        -- Nothing can be won in a month to come.
        cast(
            case
                when not outcomes.are_known then null
                when ended.month_start > reporting.reporting_date then null
                when won_deals.owner_id is null then 0
                else won_deals.won_amount
            end as decimal(28, 8)
        ) as won_amount,
        ended.tenure_months,
        -- A rep of whom nobody knows the beginning is taken for an old hand.
        cast(
            case
                when not are_begun.are_known then null
                when ended.tenure_months is null then 1
                else coalesce(ramp.ramp_share, 0)
            end as decimal(28, 8)
        ) as ramp_share

    from ended

    cross join outcomes

    cross join reporting

    cross join are_begun

    left join owners
        on
            ended.owner_id = owners.owner_id
            and ended.month_end >= owners.valid_from
            and ended.month_end <= owners.valid_to

    left join won_deals
        on
            ended.owner_id = won_deals.owner_id
            and ended.month_start = won_deals.month_start

    left join ramp
        on
            ended.tenure_months >= ramp.from_month
            and ended.tenure_months < coalesce(ramp.until_month, 1000000)

)

select * from final
