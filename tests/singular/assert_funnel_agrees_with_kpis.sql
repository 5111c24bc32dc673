/*
Claim: the funnel and the KPI views tell one story: its leads are those of kpi_leads, and its MQLs
and customers over its leads are the cohorts of the conversion rates from lead, for every period and
segment; its visitors are the denominator of leads per visitor.
Why it could break: a cut, a date or an imputation changed in one of them and not in the others.
Not checked: whether the story is true (assert_leads_match_staged_history, the unit tests).
*/
with all_rows as (

    select * from {{ ref('funnel') }}

),

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

funnel as (

    -- Segments that only visits have are not those of contacts.
    select * from all_rows where leads is not null

),

leads as (

    select *

    from kpi_values

    where
        kpi = 'leads'
        and variant = 'standard'
        and value is not null

),

mql_rates as (

    select *

    from kpi_values

    where
        kpi = 'lead_to_mql_rate'
        and variant = 'cohort'

),

customer_rates as (

    select *

    from kpi_values

    where
        kpi = 'lead_to_customer_rate'
        and variant = 'cohort'

),

-- Segments that only contacts have are null in one and 0 in the other.
visitors as (

    select * from all_rows where visitors is not null

),

visitor_rates as (

    select *

    from kpi_values

    where
        kpi = 'visitor_to_lead_rate'
        and variant = 'period'

),

differences as (

    select
        coalesce(funnel.period_grain, leads.period_grain) as period_grain,
        coalesce(funnel.period_start, leads.period_start) as period_start,
        coalesce(funnel.dimension, leads.dimension) as dimension,
        coalesce(funnel.segment, leads.segment) as segment,
        funnel.leads,
        leads.value as kpi_leads,
        funnel.mqls,
        mql_rates.numerator as kpi_mqls,
        funnel.customers,
        customer_rates.numerator as kpi_customers

    from funnel

    full outer join leads
        on
            funnel.period_grain = leads.period_grain
            and funnel.period_start = leads.period_start
            and funnel.dimension = leads.dimension
            and funnel.segment = leads.segment

    left join mql_rates
        on
            funnel.period_grain = mql_rates.period_grain
            and funnel.period_start = mql_rates.period_start
            and funnel.dimension = mql_rates.dimension
            and funnel.segment = mql_rates.segment

    left join customer_rates
        on
            funnel.period_grain = customer_rates.period_grain
            and funnel.period_start = customer_rates.period_start
            and funnel.dimension = customer_rates.dimension
            and funnel.segment = customer_rates.segment

    where
        funnel.leads is distinct from leads.value
        or funnel.leads is distinct from mql_rates.denominator
        or funnel.mqls is distinct from mql_rates.numerator
        or funnel.leads is distinct from customer_rates.denominator
        or funnel.customers is distinct from customer_rates.numerator
        -- 0 leads have no rate, and a rate is the quotient of the funnel's own counts.
        or (funnel.leads = 0 and customer_rates.value is not null)
        or (
            funnel.leads > 0
            and abs(customer_rates.value * funnel.leads - funnel.customers) > 0.001
        )
        or (funnel.leads > 0 and customer_rates.value is null)

),

visitor_differences as (

    select
        coalesce(visitors.period_grain, visitor_rates.period_grain) as period_grain,
        coalesce(visitors.period_start, visitor_rates.period_start) as period_start,
        coalesce(visitors.dimension, visitor_rates.dimension) as dimension,
        coalesce(visitors.segment, visitor_rates.segment) as segment,
        visitors.visitors,
        visitor_rates.denominator as kpi_visitors

    from visitors

    full outer join visitor_rates
        on
            visitors.period_grain = visitor_rates.period_grain
            and visitors.period_start = visitor_rates.period_start
            and visitors.dimension = visitor_rates.dimension
            and visitors.segment = visitor_rates.segment

    where coalesce(visitors.visitors, 0) != coalesce(visitor_rates.denominator, 0)

)

select
    period_grain,
    period_start,
    dimension,
    segment,
    'leads and what became of them' as difference

from differences

union all

select
    period_grain,
    period_start,
    dimension,
    segment,
    'visitors' as difference

from visitor_differences
