with contacts as (

    select * from {{ ref('agg_contacts') }}

),

final as (

    {{ kpi_rows('leads', 'standard', 'contacts', 'lead_count') }}

    union all

    {{ kpi_rows('leads', 'strict', 'contacts', 'strict_lead_count') }}

)

select * from final
