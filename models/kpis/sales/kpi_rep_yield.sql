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

{{ known_cost_periods('books') }},

paid_months as (

    select distinct month_start from reps where is_known

),

-- A period has a yield if of all its months the books are known, and what any rep cost.
known_periods as (

    select
        books.period_grain,
        books.period_start

    from books

    inner join {{ ref('dim_period_months') }} as period_months
        on
            books.period_grain = period_months.period_grain
            and books.period_start = period_months.period_start

    left join paid_months
        on period_months.month_start = paid_months.month_start

    where books.are_books_known

    group by
        books.period_grain,
        books.period_start

    having count(paid_months.month_start) = count(*)

),

{{ measured_by_period('yielded', 'reps', 'month_start', var('rep_cuts'), {
    'known_count': 'count(case when is_known then owner_id end)',
    'not_priced_count': 'count(case when is_known and signed_amount is null then owner_id end)',
    'cost_amount': 'sum(case when is_known then cost_amount else 0 end)',
}, amounts={
    'signed_amount': ('signed_amount', 'is_known'),
}) }},

-- Who has no known cost in the period has no yield, however much he signs; nor has who signed and
-- of no deal the amount is known.
known as (

    select
        yielded.period_grain,
        yielded.period_start,
        yielded.period_end,
        yielded.reporting_date,
        yielded.dimension,
        yielded.segment,
        case
            when known_periods.period_start is null or yielded.known_count = 0 then null
            when yielded.not_priced_count > 0 and yielded.signed_amount = 0 then null
            else yielded.signed_amount
        end as signed_amount,
        case
            when known_periods.period_start is not null and yielded.known_count > 0
                then yielded.cost_amount
        end as cost_amount

    from yielded

    left join known_periods
        on
            yielded.period_grain = known_periods.period_grain
            and yielded.period_start = known_periods.period_start

),

final as (

    {{ kpi_rows('rep_yield', 'amount', 'known', 'signed_amount - cost_amount') }}

    union all

    {{ kpi_rows('rep_yield', 'multiple', 'known', 'signed_amount', 'cost_amount') }}

)

select * from final
