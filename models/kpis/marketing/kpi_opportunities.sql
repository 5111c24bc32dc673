with contacts as (

    select * from {{ ref('agg_contacts') }}

),

final as (

    {{ kpi_rows('opportunities', 'standard', 'contacts', 'opportunity_count') }}

    union all

    {{ kpi_rows('opportunities', 'strict', 'contacts', 'strict_opportunity_count') }}

)

select * from final
