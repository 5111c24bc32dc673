with reps as (

    select
        *,
        cost_amount is not null as is_known

    from {{ ref('fct_rep_months') }}

    {% if var('rep_roles') -%}
    where
        role is null
        {%- for role in var('rep_roles') %}
        or role = '{{ role }}'
        {%- endfor %}
    {%- endif %}

),

{{ measured_by_period('yielded', 'reps', 'month_start', var('rep_cuts'), {
    'known_count': 'count(case when is_known then owner_id end)',
    'signed_amount': 'sum(case when is_known then signed_amount else 0 end)',
    'cost_amount': 'sum(case when is_known then cost_amount else 0 end)',
}) }},

-- Of a period in which the cost of nobody is known, neither is what is signed beyond it.
known as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        case
            when max(known_count) over (partition by period_grain, period_start) > 0
                then signed_amount
        end as signed_amount,
        case
            when max(known_count) over (partition by period_grain, period_start) > 0
                then cost_amount
        end as cost_amount

    from yielded

),

final as (

    {{ kpi_rows('rep_yield', 'amount', 'known', 'signed_amount - cost_amount') }}

    union all

    {{ kpi_rows('rep_yield', 'multiple', 'known', 'signed_amount', 'cost_amount') }}

)

select * from final
