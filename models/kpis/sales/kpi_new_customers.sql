with contacts as (

    select * from {{ ref('agg_contacts') }}

),

deals as (

    select * from {{ ref('agg_deals') }}

),

final as (

    {{ kpi_rows('new_customers', 'standard', 'contacts', 'customer_count') }}

    union all

    {{ kpi_rows('new_customers', 'strict', 'contacts', 'strict_customer_count') }}

    union all

    {{ kpi_rows('new_customers', 'companies', 'deals', 'new_customer_count') }}

)

select * from final
