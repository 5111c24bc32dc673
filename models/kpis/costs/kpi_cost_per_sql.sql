with inputs as (

    select * from {{ ref('cost_per_stage_entry_inputs') }}

),

final as (

    {{ kpi_rows(
        'cost_per_sql', 'average', 'inputs', 'cost_of_sqls_amount', 'sql_count',
        value=price('cost_of_sqls_amount', 'sql_count'),
        null_reason=why_no_price('cost_of_sqls_amount', 'sql_count', 'books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_sql', 'strict', 'inputs', 'cost_of_strict_sqls_amount', 'strict_sql_count',
        value=price('cost_of_strict_sqls_amount', 'strict_sql_count'),
        null_reason=why_no_price(
            'cost_of_strict_sqls_amount', 'strict_sql_count', 'books_null_reason'
        )
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_sql', 'total', 'inputs', 'cost_of_sqls_amount', null_reason='books_null_reason'
    ) }}

)

select * from final
