with lines as (

    select * from {{ ref('int_contract_ends_dated') }}

),

-- The days up to which service is added up: the month's end, or the eve of a line that has not
-- begun; the end of the contract; the end of the next twelve months of it; the end of a discount.
{% set days = {
    'served': 'served_until',
    'contracted': 'contracted_until',
    'year': 'greatest(served_until, least(contracted_until, year_ends_on))',
    'discounted': 'discounted_until',
} -%}
days as (

    {%- for kind, day in days.items() %}

    select
        line_id,
        month_start,
        terms_from,
        term_months,
        '{{ kind }}' as day_kind,
        {{ day }} as counted_until

    from lines
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

-- Before the first term nothing is served.
begun as (

    select
        days.*,
        {{ months_of_terms('terms_from', 'counted_until', 'term_months') }} as step

    from days

    where counted_until >= terms_from

),

termed as (

    select
        begun.*,
        cast({{ dbt.dateadd('month', 'step', 'terms_from') }} as date) as term_from,
        cast({{ dbt.dateadd('month', '(step + term_months)', 'terms_from') }} as date)
            as next_term_from

    from begun

),

final as (

    select
        line_id,
        month_start,
        day_kind,
        counted_until,
        cast({{ divide('step', 'term_months') }} as integer) as term_count,
        {{ dbt.datediff('term_from', 'counted_until', 'day') }} + 1 as day_count,
        {{ dbt.datediff('term_from', 'next_term_from', 'day') }} as term_days

    from termed

)

select * from final
