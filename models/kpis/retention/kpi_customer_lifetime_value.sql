{%- set a_year = 'revenue_12_months_amount / nullif(buyer_count_12_months, 0)' -%}
{%- set baskets =
    'revenue_12_months_amount / nullif(invoice_count_12_months, 0)'
    ~ ' * (cast(invoice_count_12_months as ' ~ kpi_part_type() ~ ')'
    ~ ' / nullif(buyer_count_12_months, 0))' -%}
{%- set subscription_year = '12 * mrr_amount / nullif(active_customer_count, 0)' -%}
{%- set margin = ' * gross_margin_rate_12_months' -%}
{#- A lifetime in years is customers / lost ones: its parts stay whole, nothing is rounded. -#}
{%- set expected = ' * customer_count_12_months' -%}
{#- Of less than a year, baskets of a year are not known either: no customer of twelve months. -#}
{%- set observed = ' * case when customer_count_12_months > 0 then lived_month_count end' -%}
{%- set lost = 'lost_customer_count_12_months' -%}
{%- if var('clv_max_lifetime_years') -%}
    {#- Nobody stays longer; but where nobody leaves, it is not known who stays how long. -#}
    {%- set lost =
        'case when ' ~ lost ~ ' > 0 then greatest(' ~ lost ~ ', customer_count_12_months / cast('
        ~ var('clv_max_lifetime_years') ~ ' as decimal(18, 4))) else ' ~ lost ~ ' end' -%}
{%- endif -%}
{%- set variants = {
    'annual_revenue': (a_year ~ expected, lost),
    'annual_revenue_margin': (a_year ~ margin ~ expected, lost),
    'subscription': (subscription_year ~ expected, lost),
    'subscription_margin': (subscription_year ~ margin ~ expected, lost),
    'basket': (baskets ~ observed, 'month_count_of_a_year'),
    'basket_margin': (baskets ~ margin ~ observed, 'month_count_of_a_year'),
    'retention': (
        a_year ~ margin ~ ' * retained_customer_count',
        '(1 + ' ~ var('clv_discount_rate') ~ ') * customer_count_12_months_ago'
        ~ ' - retained_customer_count',
    ),
    'historical': ('revenue_to_date_amount', 'buyer_count_to_date'),
    'historical_margin': (
        'revenue_to_date_amount * gross_margin_rate_to_date', 'buyer_count_to_date'
    ),
} -%}
with inputs as (

    select * from {{ ref('customer_value_inputs') }}

),

{{ listed('variants', 'variant', variants) }},

each as (

    select
        variants.variant,
        inputs.*

    from inputs

    cross join variants

),

valued as (

    select
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        is_provisional,
        case variant
            {%- for variant, parts in variants.items() %}
            when '{{ variant }}' then cast({{ parts[0] }} as {{ kpi_part_type() }})
            {%- endfor %}
        end as value_amount,
        case variant
            {%- for variant, parts in variants.items() %}
            when '{{ variant }}' then cast({{ parts[1] }} as {{ kpi_part_type() }})
            {%- endfor %}
        end as divisor

    from each

),

final as (

    {{ kpi_rows(
        'customer_lifetime_value', none, 'valued', 'value_amount', 'divisor',
        is_provisional='is_provisional'
    ) }}

)

select * from final
