with receivables as (

    select * from {{ ref('agg_receivables') }}

),

final as (

    {{ kpi_rows('overdue_receivables', 'incl_tax', 'receivables', 'overdue_total_amount') }}

    union all

    {{ kpi_rows('overdue_receivables', 'excl_tax', 'receivables', 'overdue_amount') }}

    union all

    {{ kpi_rows(
        'overdue_receivables', 'share', 'receivables', 'overdue_total_amount',
        'open_invoice_total_amount'
    ) }}

)

select * from final
