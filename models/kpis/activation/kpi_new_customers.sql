with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

-- Of a deal whose stage is in no pipeline nobody knows whether it was won.
deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

{{ measured_by_period('reached', 'contacts', 'customer_date', var('contact_cuts'), {
    'contact_count': 'count(contact_id)',
}) }},

{{ measured_by_period('own', 'contacts', 'own_customer_date', var('contact_cuts'), {
    'contact_count': 'count(contact_id)',
}) }},

{{ measured_by_period('won', 'deals', 'closed_date', var('deal_cuts'), {
    'company_count': 'count(case when is_first_won_deal then deal_id end)',
}) }},

final as (

    {{ kpi_rows('new_customers', 'standard', 'reached', 'contact_count') }}

    union all

    {{ kpi_rows('new_customers', 'strict', 'own', 'contact_count') }}

    union all

    {{ kpi_rows('new_customers', 'companies', 'won', 'company_count') }}

)

select * from final
