/*
Claim: at the end of a whole year, the baskets of its invoices are those of the lifetime value by
baskets: what is invoiced, invoices and buyers, in each segment, by plan as well.
Why it could break: another plan of a customer on one of the two sides, so that baskets by plan
would be multiplied with a lifetime of other customers; another rule of what a purchase is.
Not checked: the running year, of which a lifetime value looks at twelve months and a period at
those so far; a dimension that only one of the two has, by the settings of its cuts.
*/
with invoices as (

    select *

    from {{ ref('agg_invoices') }}

    where
        period_grain = 'year'
        and period_end <= reporting_date

),

revenue_months as (

    select *

    from {{ ref('agg_customer_revenue_months') }}

    where
        period_grain = 'year'
        and period_end <= reporting_date

),

shared_dimensions as (

    select dimension from invoices

    intersect

    select dimension from revenue_months

)

select
    coalesce(invoices.period_start, revenue_months.period_start) as period_start,
    coalesce(invoices.dimension, revenue_months.dimension) as dimension,
    coalesce(invoices.segment, revenue_months.segment) as segment,
    invoices.revenue_amount,
    revenue_months.invoiced_12_months_amount,
    invoices.purchase_count,
    revenue_months.invoice_count_12_months,
    invoices.buyer_count,
    revenue_months.buyer_count_12_months

from invoices

full outer join revenue_months
    on {{ same_segment('invoices', 'revenue_months') }}

where
    coalesce(invoices.dimension, revenue_months.dimension) in (
        select shared_dimensions.dimension from shared_dimensions
    )
    and (
        coalesce(invoices.revenue_amount, 0)
        != coalesce(revenue_months.invoiced_12_months_amount, 0)
        or coalesce(invoices.purchase_count, 0)
        != coalesce(revenue_months.invoice_count_12_months, 0)
        or coalesce(invoices.buyer_count, 0) != coalesce(revenue_months.buyer_count_12_months, 0)
    )
