with costs as (

    select * from {{ ref('fct_costs') }}

),

-- Payroll alone does not tell what was spent on media.
without_payroll as (

    select * from costs where cost_source != 'payroll'

),

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'marketing_amount': "sum(case when cost_function = 'marketing' then cost_amount else 0 end)",
}) }},

{{ measured_by_period('spent_on_media', 'without_payroll', 'cost_date', var('spend_cuts'), {
    'media_amount': 'sum(case when is_media then cost_amount else 0 end)',
}) }},

final as (

    {{ kpi_rows('marketing_spend', 'fully_loaded', 'spent', 'marketing_amount') }}

    union all

    {{ kpi_rows('marketing_spend', 'media_only', 'spent_on_media', 'media_amount') }}

)

select * from final
