with contacts as (

    select
        *,
        case when sql_date is not null then first_quote_date end as quoted_sql_date

    from {{ ref('fct_contact_funnel') }}

),

quotes as (

    select * from {{ ref('fct_quotes') }}

),

-- Without any deal that has a contact, nobody knows who was quoted.
deals_of_contacts as (

    select * from {{ ref('fct_deals') }} where contact_id is not null

),

{{ measured_by_period('cohort', 'contacts', 'sql_date', var('contact_cuts'), {
    'sql_count': 'count(contact_id)',
    'quoted_count': 'count(first_quote_date)',
}, needs=['quotes', 'deals_of_contacts']) }},

{{ measured_by_period('quoted', 'contacts', 'quoted_sql_date', var('contact_cuts'), {
    'quoted_count': 'count(contact_id)',
}, needs=['quotes', 'deals_of_contacts']) }},

period as (

    select
        cohort.period_grain,
        cohort.period_start,
        cohort.period_end,
        cohort.reporting_date,
        cohort.dimension,
        cohort.segment,
        cohort.sql_count,
        quoted.quoted_count

    from cohort

    inner join quoted
        on
            cohort.period_grain = quoted.period_grain
            and cohort.period_start = quoted.period_start
            and cohort.dimension = quoted.dimension
            and cohort.segment = quoted.segment

),

final as (

    {{ kpi_rows('sql_to_quote_rate', 'cohort', 'cohort', 'quoted_count', 'sql_count') }}

    union all

    {{ kpi_rows('sql_to_quote_rate', 'period', 'period', 'quoted_count', 'sql_count') }}

)

select * from final
