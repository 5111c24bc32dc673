{%- set tables = records_of_inputs() -%}
with worded as (

    select * from {{ ref('worded_rules') }}

),

broken as (

    {% for severity, model, value in [
        ('reject', 'rejected_rows', 'rejected_value'),
        ('blank', 'blanked_cells', 'blanked_value'),
        ('warn', 'warned_rows', 'warned_value'),
    ] -%}
    select
        '{{ severity }}' as severity,
        table_name,
        input_row_id,
        source_system,
        column_name,
        rule,
        {{ value }} as given_value

    from {{ ref(model) }}
    {%- if severity == 'reject' %}

    -- An internal record is no fault.
    where rule not in ('is_an_internal_record', 'belongs_to_an_internal_record')
    {%- endif %}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

),

-- The rows as they came, since a rejected row is nowhere else.
arrived as (

    {% for table, of in tables.items() -%}
    select
        input_row_id,
        source_system,
        '{{ table }}' as table_name,
        '{{ of.record }}' as record_type,
        {{ as_text(of.id) }} as record_id,
        {{ as_text(of.owner) if of.owner else empty_text() }} as owner_id,
        {{ as_text(of.deal) if of.deal else empty_text() }} as deal_id,
        {{ as_text(of.contact) if of.contact else empty_text() }} as contact_id,
        {{ as_text(of.company) if of.company else empty_text() }} as company_id,
        {{ as_text(of.amount) if of.amount else empty_text() }} as amount,
        {{ as_text(of.currency) if of.currency else empty_text() }} as currency

    from {{ ref('input_' ~ table) }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

),

-- Of a cell that names another record, that one is to be mended, and whose rows these are says
-- nothing.
rows_of_records as (

    select
        broken.severity,
        broken.table_name,
        broken.input_row_id,
        broken.source_system,
        broken.rule,
        broken.column_name,
        worded.finding,
        worded.is_general,
        worded.to_do_en,
        worded.to_do_fr,
        worded.value_record_type is null as is_of_row,
        coalesce(worded.value_record_type, arrived.record_type) as record_type,
        case
            when worded.value_record_type is null then arrived.record_id else broken.given_value
        end as record_id,
        case when worded.value_record_type is null then arrived.owner_id end as owner_id,
        case when worded.value_record_type is null then arrived.deal_id end as deal_id,
        case when worded.value_record_type is null then arrived.contact_id end as contact_id,
        case when worded.value_record_type is null then arrived.company_id end as company_id,
        case when worded.value_record_type is null then {{ readable_amount('arrived.amount') }} end
            as amount,
        upper(arrived.currency) as currency

    from broken

    inner join arrived
        on
            broken.table_name = arrived.table_name
            and broken.input_row_id = arrived.input_row_id

    inner join worded
        on
            broken.table_name = worded.table_name
            and broken.column_name = worded.column_name
            and broken.rule = worded.rule
            and broken.severity = worded.severity

),

loads as (

    select * from {{ ref('warned_loads') }}

),

final as (

    select
        severity,
        table_name,
        input_row_id,
        source_system,
        rule,
        column_name,
        finding,
        is_general,
        to_do_en,
        to_do_fr,
        is_of_row,
        record_type,
        record_id,
        {%- for parent in ['owner', 'deal', 'contact', 'company'] %}
        source_system || ':' || {{ parent }}_id as {{ parent }}_id,
        {%- endfor %}
        amount,
        currency

    from rows_of_records

    union all

    select
        worded.severity,
        loads.table_name,
        cast(null as bigint) as input_row_id,
        loads.source_system,
        loads.rule,
        worded.column_name,
        worded.finding,
        worded.is_general,
        worded.to_do_en,
        worded.to_do_fr,
        true as is_of_row,
        'load' as record_type,
        loads.table_name as record_id,
        {%- for parent in ['owner', 'deal', 'contact', 'company'] %}
        {{ empty_text() }} as {{ parent }}_id,
        {%- endfor %}
        cast(null as decimal(18, 2)) as amount,
        {{ empty_text() }} as currency

    from loads

    inner join worded
        on
            loads.table_name = worded.table_name
            and loads.rule = worded.rule

)

select * from final
