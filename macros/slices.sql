{#- Slices that two aggregates count of their own populations (macros/aggregates.sql says how). -#}

{#-
    Deals by the day on which they were created, with their amounts if they are asked for; the CTE
    `outcomes` has those with an outcome.
-#}
{% macro created_deal_slices(with_amounts=false) -%}
{%- set amounts = {
    'created_amount': ('deal_amount', 'true'),
    'initial_amount': ('initial_amount', 'true'),
} -%}
{{- return({
    'created': {
        'by': 'created_date',
        'counts': {'deal_count': 'count(deal_id)'},
        'amounts': amounts if with_amounts else {},
    },
    'created_for_new_customers': {
        'by': 'created_date',
        'needs': ['outcomes'],
        'counts': {
            'new_business_deal_count': "count(case when customer_type = 'new' then deal_id end)",
        },
    },
}) -}}
{%- endmacro %}


{#-
    Movements of the pipeline as it is known and as it was seen: each one, and the sum of all but the
    start and the end. The CTEs `known_movements` and `seen_movements` have those of each basis.
-#}
{% macro pipeline_movement_slices() -%}
{%- set slices = {} -%}
{%- for basis, suffix in [('known', ''), ('seen', '_as_seen')] -%}
    {%- set is_of_basis = "pipeline_basis = 'as_" ~ basis ~ "'" -%}
    {%- do slices.update({
        basis ~ '_moved': {
            'parts': 'given',
            'needs': [basis ~ '_movements'],
            'sums': {
                'movement' ~ suffix ~ '_amount':
                    'sum(case when ' ~ is_of_basis ~ ' then movement_amount end)',
                'net' ~ suffix ~ '_amount':
                    'sum(case when ' ~ is_of_basis
                    ~ " and pipeline_movement not in ('start', 'end') then movement_amount end)",
            },
        },
    }) -%}
{%- endfor -%}
{{- return(slices) -}}
{%- endmacro %}
