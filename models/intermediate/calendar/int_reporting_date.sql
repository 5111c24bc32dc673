with input_days as (

    select * from {{ ref('int_input_days_counted') }}

),

evident_days as (

    select * from {{ ref('int_input_days_chosen') }}

),

silences as (

    select * from {{ ref('int_silences_judged') }}

),

first_days as (

    select min(input_date) as first_date from input_days

),

first_typed_ahead as (

    select min(input_date) as input_date from silences where is_typed_ahead

),

last_days as (

    select
        max(evident_days.input_date) as last_date,
        max(evident_days.evidence) as evidence

    from evident_days

    cross join first_typed_ahead

    where
        first_typed_ahead.input_date is null
        or evident_days.input_date < first_typed_ahead.input_date

),

final as (

    select
        first_days.first_date,
        {% if var('reporting_date') -%}
        cast('{{ var("reporting_date") }}' as date) as reporting_date,
        {%- else -%}
        last_days.last_date as reporting_date,
        {%- endif %}
        last_days.last_date,
        last_days.evidence

    from first_days

    cross join last_days

)

select * from final
