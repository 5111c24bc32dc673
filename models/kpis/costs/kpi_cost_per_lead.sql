with inputs as (

    select * from {{ ref('cost_per_stage_entry_inputs') }}

),

final as (

    {{ kpi_rows(
        'cost_per_lead', 'fully_loaded', 'inputs', 'cost_of_leads_amount', 'lead_count',
        value=price('cost_of_leads_amount', 'lead_count'),
        null_reason=why_no_price('cost_of_leads_amount', 'lead_count', 'books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_lead', 'media_only', 'inputs', 'media_amount', 'lead_count',
        value=price('media_amount', 'lead_count'),
        null_reason=why_no_price('media_amount', 'lead_count', 'media_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_lead', 'strict', 'inputs', 'cost_of_strict_leads_amount', 'strict_lead_count',
        value=price('cost_of_strict_leads_amount', 'strict_lead_count'),
        null_reason=why_no_price(
            'cost_of_strict_leads_amount', 'strict_lead_count', 'books_null_reason'
        )
    ) }}

)

select * from final
