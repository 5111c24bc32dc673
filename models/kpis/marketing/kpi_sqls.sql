with contacts as (

    select * from {{ ref('agg_contacts') }}

),

final as (

    {{ kpi_rows('sqls', 'standard', 'contacts', 'sql_count') }}

    union all

    {{ kpi_rows('sqls', 'strict', 'contacts', 'strict_sql_count') }}

)

select * from final
