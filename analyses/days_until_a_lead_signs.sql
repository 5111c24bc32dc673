{#-
    Question   How long until a lead pays, and is one channel faster than another?
    Asked by   the finance director, who has to lend the marketing budget until it comes back.

    How to read it
    "Pays" is read as "signs" here: the day on which the first deal of the lead was won. For
    payments see marts.fct_invoices. One row per year in which the contact became a lead, and per
    channel, `all` first. A quarter of those who signed had done so after `first_quartile_days`,
    half after `median_days`, three quarters after `third_quartile_days`.

    `is_immature` marks a cohort whose last lead has not yet had as many days as nine out of ten
    signatures took (`days_for_nine_in_ten`): its slow signatures are still to come, so that it
    looks both faster and worse than it is. Do not compare it with the others.

    What it cannot tell
    When the money arrives: payment terms come on top. Only those who signed have a duration; read
    it beside `signed_share`. A deal won before its contact became a lead (somebody who joined a
    customer) is counted as signed and has no duration.
-#}
with contacts as (

    select * from {{ ref('fct_contact_funnel').include(database=false) }}

),

years as (

    select
        period_start,
        period_end,
        reporting_date

    from {{ ref('dim_periods').include(database=false) }}

    where period_grain = 'year'

),

leads as (

    select
        contact_id,
        coalesce(channel, '(none)') as channel,
        lead_date,
        first_won_date,
        case
            when first_won_date >= lead_date
                then {{ dbt.datediff('lead_date', 'first_won_date', 'day') }}
        end as days_to_sign

    from contacts

    where lead_date is not null

),

nine_in_ten as (

    select percentile_cont(0.9) within group (order by days_to_sign) as days_for_nine_in_ten

    from leads

),

by_cut as (

    select
        'all' as channel,
        contact_id,
        lead_date,
        first_won_date,
        days_to_sign

    from leads

    union all

    select
        channel,
        contact_id,
        lead_date,
        first_won_date,
        days_to_sign

    from leads

),

counted as (

    select
        years.period_start,
        by_cut.channel,
        count(by_cut.contact_id) as lead_count,
        count(by_cut.first_won_date) as signed_count,
        percentile_cont(0.25) within group (order by by_cut.days_to_sign) as first_quartile_days,
        percentile_cont(0.5) within group (order by by_cut.days_to_sign) as median_days,
        percentile_cont(0.75) within group (order by by_cut.days_to_sign) as third_quartile_days,
        min({{ dbt.datediff('years.period_end', 'years.reporting_date', 'day') }})
            as days_since_period_end

    from by_cut

    inner join years
        on by_cut.lead_date between years.period_start and years.period_end

    group by
        years.period_start,
        by_cut.channel

),

final as (

    select
        counted.period_start as lead_year_start,
        counted.channel,
        counted.lead_count,
        counted.signed_count,
        {{ ratio('counted.signed_count', 'counted.lead_count') }} as signed_share,
        counted.first_quartile_days,
        counted.median_days,
        counted.third_quartile_days,
        nine_in_ten.days_for_nine_in_ten,
        counted.days_since_period_end < nine_in_ten.days_for_nine_in_ten as is_immature

    from counted

    cross join nine_in_ten

)

select * from final

order by
    lead_year_start asc,
    case when channel = 'all' then 0 else 1 end,
    median_days asc nulls last,
    channel asc
