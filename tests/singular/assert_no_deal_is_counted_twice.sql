/*
Claim: a deal and all deals merged into it stand in fct_deals once if the survivor counts and was
created by the reporting date, and not at all otherwise, nor if the survivor is one of
fct_excluded_deals.
Why it could break: a contact, company, owner, quote or rate that stands twice and multiplies its
deals, an inner join that loses those without one, a duplicate that counts beside its survivor.
Not checked: duplicates that the source never merged.
*/
with staged as (

    select * from {{ ref('stg_deals') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

excluded as (

    select * from {{ ref('fct_excluded_deals') }}

),

reporting as (

    select distinct reporting_date from {{ ref('dim_periods') }}

),

expected as (

    select
        staged.surviving_deal_id,
        max(
            case
                when not staged.is_counted then 0
                when excluded.deal_id is not null then 0
                when {{ reporting_day('staged.created_at') }} > reporting.reporting_date then 0
                else 1
            end
        ) as expected_count

    from staged

    cross join reporting

    left join excluded
        on staged.deal_id = excluded.deal_id

    group by staged.surviving_deal_id

),

counted as (

    select
        staged.surviving_deal_id,
        count(*) as deal_count

    from deals

    inner join staged
        on deals.deal_id = staged.deal_id

    group by staged.surviving_deal_id

)

select
    expected.*,
    counted.deal_count

from expected

left join counted
    on expected.surviving_deal_id = counted.surviving_deal_id

where expected.expected_count != coalesce(counted.deal_count, 0)
