with contacts as (

    select * from {{ ref('agg_contacts') }}

),

final as (

    {{ kpi_rows('mqls', 'standard', 'contacts', 'mql_count') }}

    union all

    {{ kpi_rows('mqls', 'strict', 'contacts', 'strict_mql_count') }}

)

select * from final
