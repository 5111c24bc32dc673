with customer_periods as (

    select
        *,
        case when was_active_in_12_months and has_12_months then customer_id end
            as yearly_customer_id

    from {{ ref('fct_customer_periods') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

-- 1 / (lost / customers) years: the customers of the last twelve months by those of them who left.
{{ measured_by_period('yearly', 'customer_periods', none, var('customer_cuts'), {
    'customer_count': 'count(yearly_customer_id)',
    'lost_count': 'count(case when not is_active_at_end then yearly_customer_id end)',
}, months='given') }},

{{ measured_by_period('lived', 'mrr_months', 'month_start', var('customer_cuts'), {
    'lived_month_count': 'sum(active_month_count)',
    'month_count_of_a_year': '12 * count(customer_id)',
}, months='last') }},

final as (

    {{ kpi_rows('customer_lifetime', 'inverse_churn', 'yearly', 'customer_count', 'lost_count') }}

    union all

    {{ kpi_rows(
        'customer_lifetime', 'observed', 'lived', 'lived_month_count', 'month_count_of_a_year'
    ) }}

)

select * from final
