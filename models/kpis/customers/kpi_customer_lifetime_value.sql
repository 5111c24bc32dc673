with inputs as (

    select * from {{ ref('customer_value_inputs') }}

),

with_settings as (

    select
        *,
        {{ var('clv_discount_rate') }} as discount_rate,
        cast({{ var('clv_max_lifetime_years') or 'null' }} as decimal(18, 4)) as max_lifetime_years

    from inputs

),

factors as (

    select
        *,
        revenue_12_months_amount / nullif(buyer_count_12_months, 0) as yearly_revenue,
        12 * mrr_amount / nullif(active_customer_count, 0) as yearly_subscription,
        revenue_12_months_amount / nullif(invoice_count_12_months, 0)
        * (
            cast(invoice_count_12_months as {{ kpi_part_type() }})
            / nullif(buyer_count_12_months, 0)
        ) as yearly_baskets,
        -- A lifetime is customers over lost customers, in years, up to the limit of the setting.
        -- Where nobody leaves, it is unknown how long customers stay.
        case
            when
                lost_customer_count_12_months > 0
                and lost_customer_count_12_months < customer_count_12_months / max_lifetime_years
                then customer_count_12_months / max_lifetime_years
            else lost_customer_count_12_months
        end as lost_customer_count,
        -- Before a year is known, the baskets of a year are not known either.
        case when customer_count_12_months > 0 then lived_month_count end as observed_month_count

    from with_settings

),

final as (

    {{ kpi_rows(
        'customer_lifetime_value', 'annual_revenue', 'factors',
        'yearly_revenue * customer_count_12_months',
        'lost_customer_count',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'annual_revenue_margin', 'factors',
        'yearly_revenue * gross_margin_rate_12_months * customer_count_12_months',
        'lost_customer_count',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'subscription', 'factors',
        'yearly_subscription * customer_count_12_months',
        'lost_customer_count',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'subscription_margin', 'factors',
        'yearly_subscription * gross_margin_rate_12_months * customer_count_12_months',
        'lost_customer_count',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'basket', 'factors',
        'yearly_baskets * observed_month_count',
        'month_count_of_a_year',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'basket_margin', 'factors',
        'yearly_baskets * gross_margin_rate_12_months * observed_month_count',
        'month_count_of_a_year',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'retention', 'factors',
        'yearly_revenue * gross_margin_rate_12_months * retained_customer_count',
        '(1 + discount_rate) * customer_count_12_months_ago - retained_customer_count',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'historical', 'factors',
        'revenue_to_date_amount',
        'buyer_count_to_date',
        is_provisional='is_provisional'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'historical_margin', 'factors',
        'revenue_to_date_amount * gross_margin_rate_to_date',
        'buyer_count_to_date',
        is_provisional='is_provisional'
    ) }}

)

select * from final
