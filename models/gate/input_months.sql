{#-
    The rows of each input table that has a day, by its month: the gate compares the months with
    those of the published file. It waits for all input tables here, also for those without a day.
-#}
{%- set days = {} -%}
{%- for table, contract in input_tables().items() -%}
{%- do ref('input_' ~ table) -%}
{%- if contract.day -%}
{%- do days.update({table: contract.day}) -%}
{%- endif -%}
{%- endfor -%}
with months as (

    {% for table, column in days.items() -%}
    select
        source_system,
        '{{ table }}' as table_name,
        cast({{ dbt.date_trunc('month', as_day(column)) }} as date) as month_start

    from {{ ref('input_' ~ table) }}
    {% if not loop.last %}
    union all

    {% endif -%}
    {%- endfor %}

),

final as (

    select
        source_system,
        table_name,
        month_start,
        count(*) as row_count

    from months

    -- A day outside the calendar is a typing error, and so may be a cell that is no day at all.
    where
        month_start >= cast('{{ var("calendar_start") }}' as date)
        and month_start < cast('{{ var("calendar_end") }}' as date)

    group by
        source_system,
        table_name,
        month_start

)

select * from final
