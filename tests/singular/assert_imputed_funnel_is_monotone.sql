/*
Claim: no stage of the funnel holds more than the one before it, the loss between two stages is
their difference, and no contact reaches a stage before an earlier one, nor after its own entry into
it.
Why it could break: a stage that is left out of the imputation, a left join that multiplies
contacts, two stages swapped in a list.
Not checked: that the dates are the right ones (the unit tests of fct_contact_funnel), and visitors
against leads: leads also come from fairs and partners, so there may be more of them.
*/
with funnel as (

    select * from {{ ref('funnel') }}

),

contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

broken_periods as (

    select
        'funnel' as model_name,
        dimension || ' ' || segment || ' ' || period_grain as row_name,
        period_start as row_date

    from funnel

    where
        visitors_lost not between 0 and visitors
        or mqls not between 0 and leads
        or sqls not between 0 and mqls
        or opportunities not between 0 and sqls
        or customers not between 0 and opportunities
        or leads_lost != leads - mqls
        or mqls_lost != mqls - sqls
        or sqls_lost != sqls - opportunities
        or opportunities_lost != opportunities - customers
        or leads - leads_lost - mqls_lost - sqls_lost - opportunities_lost != customers
        -- Counts are known all together or not at all.
        or (leads is null and coalesce(mqls, sqls, opportunities, customers) is not null)
        or (
            leads is not null
            and (mqls is null or sqls is null or opportunities is null or customers is null)
        )

),

-- A stage that was not reached has the date that comes after all others.
reached as (

    select
        contact_id,
        coalesce(lead_date, cast('9999-12-31' as date)) as lead_date,
        coalesce(mql_date, cast('9999-12-31' as date)) as mql_date,
        coalesce(sql_date, cast('9999-12-31' as date)) as sql_date,
        coalesce(opportunity_date, cast('9999-12-31' as date)) as opportunity_date,
        coalesce(customer_date, cast('9999-12-31' as date)) as customer_date,
        own_lead_date,
        own_mql_date,
        own_sql_date,
        own_opportunity_date,
        own_customer_date

    from contacts

),

broken_contacts as (

    select
        'fct_contact_funnel' as model_name,
        contact_id as row_name,
        lead_date as row_date

    from reached

    where
        lead_date > mql_date
        or mql_date > sql_date
        or sql_date > opportunity_date
        or opportunity_date > customer_date
        or lead_date > own_lead_date
        or mql_date > own_mql_date
        or sql_date > own_sql_date
        or opportunity_date > own_opportunity_date
        or customer_date > own_customer_date

)

select * from broken_periods

union all

select * from broken_contacts
