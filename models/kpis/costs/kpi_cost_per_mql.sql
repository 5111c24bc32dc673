with inputs as (

    select * from {{ ref('cost_per_stage_entry_inputs') }}

),

final as (

    {{ kpi_rows(
        'cost_per_mql', 'average', 'inputs', 'cost_of_mqls_amount', 'mql_count',
        value=price('cost_of_mqls_amount', 'mql_count'),
        null_reason=why_no_price('cost_of_mqls_amount', 'mql_count', 'books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_mql', 'strict', 'inputs', 'cost_of_strict_mqls_amount', 'strict_mql_count',
        value=price('cost_of_strict_mqls_amount', 'strict_mql_count'),
        null_reason=why_no_price(
            'cost_of_strict_mqls_amount', 'strict_mql_count', 'books_null_reason'
        )
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_mql', 'total', 'inputs', 'cost_of_mqls_amount', null_reason='books_null_reason'
    ) }}

)

select * from final
