/*
Claim: a value is its numerator by its denominator, to the eighth decimal; null where the
denominator is 0 or unknown; and the numerator itself where the variant has no denominator at all,
unless it has no value either: that is a quotient with an unknown divisor. A variant that
kpi_variants calls a ratio is one, and an additive variant is none.
Why it could break: a value computed from other figures than the parts shown, integer division, a 0
or an infinity for a division by 0, a value that is missing though both parts are known.
Not checked: the parts themselves; a median (a variant of which the denominator alone is additive)
beyond when it is null: it has no numerator, and its denominator says how many deals it is the
middle of. Growth over a negative revenue or MRR is null, and so is a price after a refund above the
cost: a price is above 0. So are days of sales where more was credited than billed, what a refund
brought, and a burn multiple where nothing was burnt or nothing was gained. A lifetime told by too
few lost customers is null, though its parts add up.
*/
with kpi_values as (

    select * from {{ ref('kpi_values') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

with_denominators as (

    select
        kpi,
        variant,
        count(denominator) > 0 or count(value) = 0 as is_divided,
        count(numerator) > 0 as has_numerators

    from kpi_values

    group by
        kpi,
        variant

),

ratios as (

    select
        with_denominators.kpi,
        with_denominators.variant,
        case
            when variants.value_type = 'ratio' then true
            when variants.value_type in ('additive', 'semi_additive') then false
            else with_denominators.is_divided
        end as is_ratio,
        variants.additive_parts = 'denominator' and not with_denominators.has_numerators
            as is_median

    from with_denominators

    inner join variants
        on
            with_denominators.kpi = variants.kpi
            and with_denominators.variant = variants.variant

),

expected as (

    select
        kpi_values.*,
        ratios.is_ratio,
        kpi_values.kpi like 'cost_per_%'
        or kpi_values.kpi in ('customer_acquisition_cost', 'cac_ratio') as is_price,
        ratios.is_median,
        kpi_values.numerator / nullif(kpi_values.denominator, 0) as quotient

    from kpi_values

    inner join ratios
        on
            kpi_values.kpi = ratios.kpi
            and kpi_values.variant = ratios.variant

)

select *

from expected

where
    case
        when not is_ratio then denominator is not null or value is distinct from numerator
        when coalesce(denominator, 0) = 0 then value is not null
        when (kpi like '%growth_rate' or kpi = 'marketing_roi') and denominator < 0
            then value is not null
        when is_price and numerator <= 0 then value is not null
        when kpi = 'days_sales_outstanding' and denominator < 0 then value is not null
        when kpi = 'magic_number' and denominator < 0 then value is not null
        when kpi = 'burn_multiple' and least(numerator, denominator) <= 0 then value is not null
        when
            kpi = 'customer_lifetime' and variant = 'inverse_churn'
            and denominator < {{ var('min_lost_customers') }}
            then value is not null
        when is_median then value is null
        when quotient is null then value is not null
        else
            value is null
            or abs(value - quotient) > 0.00000001 + 0.000000000001 * abs(quotient)
    end
