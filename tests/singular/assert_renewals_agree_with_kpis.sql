/*
Claim: the renewal book adds up to MRR at the reporting date, in all and for each owner, team,
industry and country. Every line that brings MRR stands in it once, with its next renewal.
Why it could break: a line without a due day or with two, a customer whose balance is not counted,
another rate or another day than that of the KPI, a join that repeats rows.
Not checked: plans, since a renewal of several lines stands under one; due days and signs (unit
tests).
*/
with book as (

    select * from {{ ref('renewals') }}

),

kpi_values as (

    select
        dimension,
        segment,
        value,
        rank() over (order by period_start desc) as months_back

    from {{ ref('kpi_values') }}

    where
        kpi = 'mrr'
        and variant = 'standard'
        and period_grain = 'month'

),

in_book as (

    select
        'all' as dimension,
        'all' as segment,
        sum(mrr_amount) as amount

    from book

    {% for dimension, column in [
        ('owner', 'owner_name'), ('team', 'team'), ('industry', 'industry'), ('country', 'country')
    ] %}
    union all

    select
        '{{ dimension }}' as dimension,
        coalesce({{ column }}, '(none)') as segment,
        sum(mrr_amount) as amount

    from book

    group by coalesce({{ column }}, '(none)')
    {% endfor %}

),

kpis as (

    select * from kpi_values

    where
        months_back = 1
        and dimension in ('all', 'owner', 'team', 'industry', 'country')

)

select
    coalesce(in_book.dimension, kpis.dimension) as dimension,
    coalesce(in_book.segment, kpis.segment) as segment,
    in_book.amount as book_amount,
    kpis.value as kpi_value

from in_book

full outer join kpis
    on
        in_book.dimension = kpis.dimension
        and in_book.segment = kpis.segment

where abs(coalesce(in_book.amount, 0) - coalesce(kpis.value, 0)) > 0.001
