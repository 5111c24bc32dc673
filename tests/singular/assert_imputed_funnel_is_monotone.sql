/*
Claim: no stage of the funnel holds more than the one before it, what is lost between two is their
difference, and no contact reaches a stage before an earlier one, nor later than it was in it itself.
Why it could break: a stage that is left out of the imputation, a left join that multiplies contacts,
two stages swapped in a list.
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

broken_contacts as (

    select
        'fct_contact_funnel' as model_name,
        contact_id as row_name,
        lead_date as row_date

    from contacts

    where
        {%- set stages = ['lead', 'mql', 'sql', 'opportunity', 'customer'] %}
        {%- for stage in stages %}
        {%- if not loop.first %}
        or {{ loop.previtem }}_date > {{ stage }}_date
        or ({{ loop.previtem }}_date is null and {{ stage }}_date is not null)
        or
        {%- endif %} {{ stage }}_date > own_{{ stage }}_date
        or ({{ stage }}_date is null and own_{{ stage }}_date is not null)
        {%- endfor %}

)

select * from broken_periods

union all

select * from broken_contacts
