with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ measured_by_period('leads', 'contacts', 'lead_date', var('contact_cuts'), {
    'lead_count': 'count(contact_id)',
    'won_count': 'count(first_won_date)',
    'lost_to_competitor_count': 'count(lost_to_competitor_date)',
}) }},

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
