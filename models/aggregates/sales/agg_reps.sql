with reps as (

    select
        *,
        cost_amount is not null as is_known

    from {{ ref('fct_rep_months') }}

    {% if var('rep_roles') -%}
    where
        role is null
        {%- for role in setting('rep_roles') %}
        or role = '{{ escape_single_quotes(role | lower | replace(' ', '_') | replace('-', '_')) }}'
        {%- endfor %}
    {%- endif %}

),

{{ aggregated('reps', var('rep_cuts'), {
    'reported': {
        'by': 'month_start',
        'counts': {
            'known_count': 'count(case when is_known then owner_id end)',
            'not_priced_count':
                'count(case when is_known and signed_amount is null then owner_id end)',
            'known_month_count': 'count(distinct case when is_known then sliced.month_start end)',
        },
        'sums': {
            'cost_amount': 'sum(cost_amount)',
        },
        'amounts': {
            'signed_amount': ('signed_amount', 'is_known'),
        },
    },
}, record=['owner', 'owner_id', 'fct_rep_months']) }}

select * from final
