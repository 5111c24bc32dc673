{%- set horizon = var('cohort_horizon_days') -%}
-- A visit does not count as the cause of a stage that was reached before it.
with visitors_won as (

    select
        *,
        case when lead_date >= first_visit_date then lead_date end as won_lead_date,
        case when mql_date >= first_visit_date then mql_date end as won_mql_date,
        case when customer_date >= first_visit_date then customer_date end as won_customer_date

    from {{ ref('fct_visitors') }}

),

visitors as (

    select
        *,
        {{ dbt.datediff('first_visit_date', 'won_lead_date', 'day') }} as lead_days,
        {{ dbt.datediff('first_visit_date', 'won_mql_date', 'day') }} as mql_days,
        {{ dbt.datediff('first_visit_date', 'won_customer_date', 'day') }} as customer_days

    from visitors_won

),

-- Without any contact the outcome of the visits is unknown.
contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ aggregated('visitors', var('visit_cuts'), {
    'first_visits': {
        'by': 'first_visit_date',
        'needs': ['contacts'],
        'counts': {
            'visitor_count': 'count(visitor_id)',
            'visitor_to_lead_count': 'count(won_lead_date)',
            'visitor_to_lead_in_horizon_count':
                'count(case when lead_days <= ' ~ horizon ~ ' then visitor_id end)',
            'visitor_to_mql_count': 'count(won_mql_date)',
            'visitor_to_mql_in_horizon_count':
                'count(case when mql_days <= ' ~ horizon ~ ' then visitor_id end)',
            'visitor_to_customer_count': 'count(won_customer_date)',
            'visitor_to_customer_in_horizon_count':
                'count(case when customer_days <= ' ~ horizon ~ ' then visitor_id end)',
        },
    },
}, has_weeks=true, record=['visitor', 'visitor_id', 'fct_visitors']) }}

select * from final
