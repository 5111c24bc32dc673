with inputs as (

    select * from {{ ref('customer_value_inputs') }}

),

with_settings as (

    select
        *,
        {{ var('clv_discount_rate') }} as discount_rate,
        cast({{ var('clv_max_lifetime_years') or 'null' }} as decimal(18, 4)) as max_lifetime_years,
        -- If too few customers left, the lifetime is null: one departure more or less would
        -- change it too much.
        case
            when lost_customer_count_12_months >= {{ var('min_lost_customers') }}
                then customer_count_12_months
        end as customer_count

    from inputs

),

factors as (

    select
        *,
        {{ divide('recognised_12_months_amount', 'earning_customer_count_12_months') }}
            as yearly_revenue,
        {{ divide('12 * mrr_amount', 'active_customer_count') }} as yearly_subscription,
        {{ divide('invoiced_12_months_amount', 'invoice_count_12_months') }}
        * ({{ divide('invoice_count_12_months', 'buyer_count_12_months') }}) as yearly_baskets,
        -- A lifetime is customers over lost customers, in years, up to the limit of the setting.
        -- Where nobody leaves, it is unknown how long customers stay.
        case
            when
                lost_customer_count_12_months > 0
                and lost_customer_count_12_months
                < {{ divide('customer_count', 'max_lifetime_years') }}
                then {{ divide('customer_count', 'max_lifetime_years') }}
            else lost_customer_count_12_months
        end as lost_customer_count,
        -- Before a year is known, the baskets of a year are not known either.
        case when customer_count_12_months > 0 then lived_month_count end as observed_month_count

    from with_settings

),

-- Each says why something is missing that a method needs, and nothing where it is there.
explained as (

    select
        *,
        case when count(recognised_to_date_amount) over () = 0 then 'no_source' end as no_invoices,
        case when count(mrr_amount) over () = 0 then 'no_source' end as no_subscriptions,
        case when margin_12_months_null_reason = 'no_source' then 'no_source' end as no_costs,
        margin_12_months_null_reason as no_margin,
        margin_to_date_null_reason as no_margin_to_date,
        case when balance_month_count < 12 then 'not_yet' end as no_year,
        case when balance_month_count <= 12 then 'not_yet' end as no_year_ago,
        case
            when yearly_revenue is null or customer_count is null then 'too_few'
        end as no_revenue,
        case
            when yearly_subscription is null or customer_count is null then 'too_few'
        end as no_subscription,
        case
            when yearly_baskets is null or observed_month_count is null then 'too_few'
        end as no_baskets,
        case
            when yearly_revenue is null or retained_customer_count is null then 'too_few'
        end as no_retention,
        case when recognised_to_date_amount is null then 'too_few' end as no_revenue_to_date

    from factors

),

final as (

    {{ kpi_rows(
        'customer_lifetime_value', 'annual_revenue', 'explained',
        'yearly_revenue * customer_count',
        'lost_customer_count',
        is_provisional='is_provisional',
        null_reason='coalesce(no_invoices, no_subscriptions, no_year, no_revenue)'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'annual_revenue_margin', 'explained',
        'yearly_revenue * gross_margin_rate_12_months * customer_count',
        'lost_customer_count',
        is_provisional='is_provisional',
        null_reason='coalesce(
            no_invoices, no_subscriptions, no_costs, no_year, no_margin, no_revenue
        )'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'subscription', 'explained',
        'yearly_subscription * customer_count',
        'lost_customer_count',
        is_provisional='is_provisional',
        null_reason='coalesce(no_subscriptions, no_year, no_subscription)'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'subscription_margin', 'explained',
        'yearly_subscription * gross_margin_rate_12_months * customer_count',
        'lost_customer_count',
        is_provisional='is_provisional',
        null_reason='coalesce(
            no_invoices, no_subscriptions, no_costs, no_year, no_margin, no_subscription
        )'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'basket', 'explained',
        'yearly_baskets * observed_month_count',
        'month_count_of_a_year',
        is_provisional='is_provisional',
        null_reason='coalesce(no_invoices, no_subscriptions, no_year, no_baskets)'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'basket_margin', 'explained',
        'yearly_baskets * gross_margin_rate_12_months * observed_month_count',
        'month_count_of_a_year',
        is_provisional='is_provisional',
        null_reason='coalesce(
            no_invoices, no_subscriptions, no_costs, no_year, no_margin, no_baskets
        )'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'retention', 'explained',
        'yearly_revenue * gross_margin_rate_12_months * retained_customer_count',
        '(1 + discount_rate) * customer_count_12_months_ago - retained_customer_count',
        is_provisional='is_provisional',
        null_reason='coalesce(
            no_invoices, no_subscriptions, no_costs, no_year_ago, no_margin, no_retention
        )'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'historical', 'explained',
        'recognised_to_date_amount',
        'earning_customer_count_to_date',
        is_provisional='is_provisional',
        null_reason='coalesce(no_invoices, no_revenue_to_date)'
    ) }}

    union all

    {{ kpi_rows(
        'customer_lifetime_value', 'historical_margin', 'explained',
        'recognised_to_date_amount * gross_margin_rate_to_date',
        'earning_customer_count_to_date',
        is_provisional='is_provisional',
        null_reason='coalesce(no_invoices, no_margin_to_date, no_revenue_to_date)'
    ) }}

)

select * from final
