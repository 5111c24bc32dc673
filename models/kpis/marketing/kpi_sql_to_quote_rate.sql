with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'sql_to_quote_rate', 'cohort', 'contacts', 'sql_to_quote_count', 'sql_with_quotes_count',
        conversion='sql_to_quote'
    ) }}

    union all

    {{ kpi_rows(
        'sql_to_quote_rate', 'period', 'contacts',
        'sql_to_quote_entry_count', 'sql_with_quotes_count'
    ) }}

)

select * from final
