with deals as (

    select * from {{ ref('agg_created_deals') }}

),

contacts as (

    select * from {{ ref('agg_contacts') }}

),

final as (

    {{ kpi_rows('opportunities', 'deals', 'deals', 'deal_count') }}

    union all

    {{ kpi_rows('opportunities', 'new_business', 'deals', 'new_business_deal_count') }}

    union all

    {{ kpi_rows('opportunities', 'contacts', 'contacts', 'opportunity_count') }}

    union all

    {{ kpi_rows('opportunities', 'contacts_strict', 'contacts', 'strict_opportunity_count') }}

)

select * from final
