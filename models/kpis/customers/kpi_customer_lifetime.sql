-- The expected lifetime is 1 / (lost / customers) years, of the customers of twelve months.
with customer_periods as (

    select * from {{ ref('agg_customer_periods') }}

),

mrr_months as (

    select * from {{ ref('agg_mrr_months') }}

),

{{ first_balance() }},

-- If too few customers left, the lifetime is null; the denominator still shows how many left.
foretold as (

    select
        *,
        case
            when lost_customer_count_12_months >= {{ var('min_lost_customers') }}
                then {{ ratio('customer_count_12_months', 'lost_customer_count_12_months') }}
        end as lifetime_years,
        case
            when lost_customer_count_12_months < {{ var('min_lost_customers') }} then 'too_few'
        end as no_lifetime

    from customer_periods

),

final as (

    {{ kpi_rows(
        'customer_lifetime', 'inverse_churn', 'foretold', 'customer_count_12_months',
        'lost_customer_count_12_months', value='lifetime_years',
        null_reason='coalesce(' ~ not_yet_a_year() ~ ', no_lifetime)'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime', 'observed', 'mrr_months', 'lived_month_count', '12 * customer_count'
    ) }}

)

select * from final
