with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ measured_by_period('leads', 'contacts', 'lead_date', var('contact_cuts'), {
    'lead_count': 'count(contact_id)',
    'referral_count': "count(case when channel = 'referral' then contact_id end)",
}) }},

final as (

    {{ kpi_rows('referral_leads', 'standard', 'leads', 'referral_count', 'lead_count') }}

)

select * from final
