{#- Variant -> cost, and what it is divided by. -#}
{%- set parts = {
    'deals': ('cost_of_deals_amount', 'deal_count'),
    'new_business': ('cost_of_new_business_deals_amount', 'new_business_deal_count'),
    'contacts': ('cost_of_opportunities_amount', 'opportunity_count'),
    'contacts_strict': ('cost_of_strict_opportunities_amount', 'strict_opportunity_count'),
} -%}
with inputs as (

    select * from {{ ref('cost_per_opportunity_inputs') }}

),

final as (
    {%- for variant, (amount, count) in parts.items() %}

    {{ kpi_rows(
        'cost_per_opportunity', variant, 'inputs', amount, count, value=price(amount, count),
        null_reason=why_no_price(amount, count, 'books_null_reason')
    ) }}

    union all
    {%- endfor %}

    {{ kpi_rows(
        'cost_per_opportunity', 'total', 'inputs', 'cost_of_deals_amount',
        null_reason='books_null_reason'
    ) }}

)

select * from final
