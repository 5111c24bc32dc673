/*
Claim: the customers of customers_ranked add up to the KPIs: recognised and invoiced revenue of all
months and of the last twelve, MRR, active customers and the months that they have lived at the
reporting date, contraction of the last three months, and the gross margin at the company's rate.
Why it could break: a customer who is missing or twice, a join that repeats rows, another month,
another date or another kind of revenue than that of the KPI.
Not checked: which customer a figure belongs to (unit test); overdue and scores, which no KPI has.
*/
with customers_ranked as (

    select * from {{ ref('customers_ranked') }}

),

kpi_values as (

    select
        kpi,
        variant,
        value,
        numerator,
        row_number() over (partition by kpi, variant order by period_start desc) as months_back

    from {{ ref('kpi_values') }}

    where
        period_grain = 'month'
        and dimension = 'all'
        and (
            (kpi = 'revenue' and variant in ('recognised', 'invoiced'))
            or (kpi = 'mrr' and variant = 'standard')
            or (kpi = 'active_customers' and variant = 'standard')
            or (kpi = 'customer_lifetime' and variant = 'observed')
            or (kpi = 'mrr_movements' and variant = 'contraction')
        )

),

margins as (

    select
        gross_margin_rate_to_date,
        row_number() over (order by period_start desc) as months_back

    from {{ ref('customer_value_inputs') }}

    where
        period_grain = 'month'
        and dimension = 'all'

),

of_customers as (

    select
        sum(revenue_amount) as revenue,
        sum(revenue_12_months_amount) as revenue_12_months,
        sum(invoiced_amount) as invoiced,
        sum(mrr_amount) as mrr,
        sum(case when is_active then 1 else 0 end) as active_customers,
        sum(tenure_months) as tenure,
        sum(contraction_3_months_amount) as contraction,
        sum(gross_margin_amount) as gross_margin

    from customers_ranked

),

of_kpis as (

    select
        sum(case when variant = 'recognised' then value end) as revenue,
        sum(case when variant = 'recognised' and months_back <= 12 then value end)
            as revenue_12_months,
        sum(case when variant = 'invoiced' then value end) as invoiced,
        sum(case when kpi = 'mrr' and months_back = 1 then value end) as mrr,
        sum(case when kpi = 'active_customers' and months_back = 1 then value end)
            as active_customers,
        sum(case when kpi = 'customer_lifetime' and months_back = 1 then numerator end) as tenure,
        sum(case when kpi = 'mrr_movements' and months_back <= 3 then value end) as contraction

    from kpi_values

),

compared as (

    {% for figure in [
        'revenue', 'revenue_12_months', 'invoiced', 'mrr', 'active_customers', 'tenure',
        'contraction',
    ] %}
    select
        '{{ figure }}' as figure,
        coalesce(of_customers.{{ figure }}, 0) as customers_value,
        coalesce(of_kpis.{{ figure }}, 0) as kpi_value

    from of_customers

    cross join of_kpis

    union all
    {% endfor %}

    select
        'gross_margin' as figure,
        coalesce(of_customers.gross_margin, 0) as customers_value,
        coalesce(of_kpis.revenue * margins.gross_margin_rate_to_date, 0) as kpi_value

    from of_customers

    cross join of_kpis

    inner join margins
        on margins.months_back = 1

)

select
    figure,
    customers_value,
    kpi_value

from compared

where abs(customers_value - kpi_value) > 0.001
