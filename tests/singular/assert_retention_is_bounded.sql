/*
Claim: gross retention lies between 0 and 1 and never above net retention; shares of customers lie
between 0 and 1; gains and losses are never below 0; and the retained and the lost customers, of the
start or of the period, are all of them.
Why it could break: a cohort that is not closed (later customers count at the end), a cap that is
taken over the sum and not per customer, a customer counted twice, two definitions of leaving.
Not checked: whether the cohort is the right one.
*/
with kpi_values as (

    select * from {{ ref('kpi_values') }}

),

gross as (

    select * from kpi_values where kpi = 'gross_revenue_retention'

),

net as (

    select * from kpi_values where kpi = 'net_revenue_retention'

),

lost as (

    select
        *,
        case variant when 'active_at_start' then 'standard' else 'remaining' end
            as variant_of_retained

    from kpi_values

    where kpi = 'customer_churn_rate'

),

retained as (

    select * from kpi_values where kpi = 'customer_retention_rate'

)

select
    kpi,
    variant,
    period_grain,
    period_start,
    dimension,
    segment,
    value,
    'is no share' as finding

from kpi_values

where
    (
        kpi in ('gross_revenue_retention', 'customer_churn_rate', 'customer_retention_rate')
        or kpi = 'repeat_purchase_rate'
        or (kpi = 'cohort_retention' and variant = 'customers')
    )
    and (value < 0 or value > 1)

union all

select
    kpi,
    variant,
    period_grain,
    period_start,
    dimension,
    segment,
    value,
    'is below nothing' as finding

from kpi_values

where
    (kpi = 'quick_ratio' and (numerator < 0 or denominator < 0))
    or (kpi = 'revenue_churn_rate' and variant = 'gross' and numerator < 0)

union all

select
    gross.kpi,
    gross.variant,
    gross.period_grain,
    gross.period_start,
    gross.dimension,
    gross.segment,
    gross.value,
    'gross is above net, or of another cohort' as finding

from gross

inner join net
    on
        gross.variant = net.variant
        and gross.period_grain = net.period_grain
        and gross.period_start = net.period_start
        and gross.dimension = net.dimension
        and gross.segment = net.segment

where
    gross.numerator > net.numerator
    or gross.denominator != net.denominator

union all

select
    lost.kpi,
    lost.variant,
    lost.period_grain,
    lost.period_start,
    lost.dimension,
    lost.segment,
    lost.value,
    'lost and retained are not all' as finding

from lost

inner join retained
    on
        lost.variant_of_retained = retained.variant
        and lost.period_grain = retained.period_grain
        and lost.period_start = retained.period_start
        and lost.dimension = retained.dimension
        and lost.segment = retained.segment

where
    lost.numerator + retained.numerator != lost.denominator
    or lost.denominator != retained.denominator
