with contacts as (

    select * from {{ ref('agg_contacts') }}

),

final as (

    {{ kpi_rows('referral_leads', 'standard', 'contacts', 'referral_lead_count', 'lead_count') }}

)

select * from final
