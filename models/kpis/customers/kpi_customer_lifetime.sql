-- The expected lifetime is 1 / (lost / customers) years, of the customers of twelve months.
with customer_periods as (

    select * from {{ ref('agg_customer_periods') }}

),

mrr_months as (

    select * from {{ ref('agg_mrr_months') }}

),

{{ first_balance() }},

final as (

    {{ kpi_rows(
        'customer_lifetime', 'inverse_churn', 'customer_periods', 'customer_count_12_months',
        'lost_customer_count_12_months', null_reason=not_yet_a_year()
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime', 'observed', 'mrr_months', 'lived_month_count', '12 * customer_count'
    ) }}

)

select * from final
