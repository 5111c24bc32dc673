with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

-- Without any deal that has a contact and an outcome, nobody knows what became of the leads.
outcomes as (

    select * from {{ ref('fct_deals') }} where contact_id is not null and is_won is not null

),

{{ measured_by_period('leads', 'contacts', 'lead_date', var('contact_cuts'), {
    'lead_count': 'count(contact_id)',
    'won_count': 'count(first_won_date)',
    'lost_to_competitor_count': 'count(lost_to_competitor_date)',
}, needs=['outcomes']) }},

final as (

    {{ kpi_rows('lead_to_close', 'close_rate', 'leads', 'won_count', 'lead_count') }}

    union all

    {{ kpi_rows('lead_to_close', 'leads_per_close', 'leads', 'lead_count', 'won_count') }}

    union all

    {{ kpi_rows(
        'lead_to_close', 'leads_per_lost', 'leads', 'lead_count', 'lost_to_competitor_count'
    ) }}

)

select * from final
