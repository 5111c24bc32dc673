{%- set tables = input_tables() | list -%}
with loads as (

    select * from {{ ref('counted_loads') }}

),

staged as (

    {% for table in tables -%}
    select
        source_system,
        '{{ table }}' as table_name,
        count(*) as staged_row_count,
        {{ content_hash(columns_of_staged(table)) }} as content_hash

    from {{ ref('stg_' ~ table) }}

    group by source_system
    {% if not loop.last %}
    union all

    {% endif -%}
    {%- endfor %}

),

silences as (

    select * from {{ ref('int_input_silences_measured') }}

),

final as (

    select
        loads.source_system,
        loads.table_name,
        loads.row_count,
        coalesce(staged.staged_row_count, 0) as staged_row_count,
        loads.rejected_row_count,
        loads.internal_row_count,
        loads.blanked_row_count,
        silences.latest_date,
        silences.silence_days,
        coalesce(silences.is_stale, false) as is_stale,
        staged.content_hash

    from loads

    left join staged
        on
            loads.source_system = staged.source_system
            and loads.table_name = staged.table_name

    left join silences
        on
            loads.source_system = silences.source_system
            and loads.table_name = silences.table_name

)

select * from final
