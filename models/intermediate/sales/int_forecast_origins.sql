-- The mornings from which forecasts look ahead: of each month that begins with a known past, and of
-- the day after the report.
with months as (

    select * from {{ ref('int_fiscal_months') }}

),

reporting as (

    select
        reporting_date,
        {{ day_after('reporting_date') }} as next_date

    from {{ ref('int_reporting_date') }}

),

known_days as (

    select entered_date as known_date from {{ ref('int_deal_stage_entries_matched') }}

    union all

    select submitted_on as known_date from {{ ref('stg_submitted_forecasts') }}

),

first_months as (

    select min({{ month_of('known_days', 'known_date') }}) as first_month from known_days

),

mornings as (

    select
        months.month_start as origin_date,
        false as is_now

    from months

    inner join first_months
        on months.month_start > first_months.first_month

    where months.month_start <= months.reporting_date

    union all

    select
        next_date as origin_date,
        true as is_now

    from reporting

),

final as (

    select
        mornings.origin_date,
        cast({{ dbt.dateadd('day', -1, 'mornings.origin_date') }} as date) as as_of_date,
        mornings.is_now,
        months.month_start as origin_month,
        months.fiscal_month_number as origin_month_number

    from mornings

    inner join months
        on {{ month_of('mornings', 'origin_date') }} = months.month_start

)

select * from final
