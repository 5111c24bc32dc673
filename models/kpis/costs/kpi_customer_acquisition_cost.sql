with inputs as (

    select * from {{ ref('customer_acquisition_inputs') }}

),

final as (

    {{ kpi_rows(
        'customer_acquisition_cost', 'fully_loaded', 'inputs', 'full_amount',
        'customer_count', value=price('full_amount', 'customer_count'),
        null_reason=why_no_price('full_amount', 'customer_count', 'lagged_books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'customer_acquisition_cost', 'marketing', 'inputs', 'marketing_amount',
        'marketing_customer_count',
        value=price('marketing_amount', 'marketing_customer_count'),
        null_reason='coalesce(tracing_null_reason, ' ~ why_no_price(
            'marketing_amount', 'marketing_customer_count', 'lagged_books_null_reason'
        ) ~ ')'
    ) }}

    union all

    {{ kpi_rows(
        'customer_acquisition_cost', 'media_only', 'inputs', 'media_amount',
        'customer_count', value=price('media_amount', 'customer_count'),
        null_reason=why_no_price('media_amount', 'customer_count', 'lagged_media_null_reason')
    ) }}

)

select * from final
