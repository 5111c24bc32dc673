{#-
    One table of the input contract: the columns that its YAML lists, from every active connector
    that supplies it, under the connector's name as `source_system`. Text is trimmed; an empty text
    and NaN are null. A column that already has a type keeps it, unless another source has another
    type there, or the contract says text (ids that a Parquet file holds as numbers); an id that a
    tool took for a number (70013.0) is whole again. A column that a connector lacks is null, unless
    the contract requires it. A table that no connector supplies is empty.

    overruled_by  a seed of the business whose rows overrule those that arrived with the same source
                  and `key`, cell by cell where it has one; if it `adds_rows`, they stand beside them
                  where none arrived
    words         column -> seed with the contract's word for a word of a source
    named         an id -> the column of the table it leads to that holds names: a source that names
                  records of another one (`id_sources`) may write the name in place of the id

    `input_row_id` names a row for the gate; it has no other meaning.
-#}
{% macro input_table(table, overruled_by=none, key=[], adds_rows=false, words={}, named={}) -%}
    {%- set relations = {} -%}
    {%- for connector in connectors_supplying(table) -%}
        {%- do relations.update({connector: connector_model(connector, table)}) -%}
    {%- endfor -%}
    {%- set listed = relations_of_names(relations, named) -%}
    {%- if execute -%}
    {#- Sources of different types meet as text: a union of their types would shift days. -#}
    {%- set types_seen = {} -%}
    {%- for relation in relations.values() -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- set seen = types_seen.get(column.name, []) -%}
            {%- do types_seen.update({column.name: (seen + [column.dtype]) | unique | list}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set columns = model.columns.keys() | reject('in', ['input_row_id', 'source_system']) | list -%}
    {%- set columns = columns + custom_columns_of(table) | map(attribute='name') | list -%}

with arrived as (

    {% for connector, relation in relations.items() -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.update({column.name: column}) -%}
    {%- endfor %}
    {%- do refuse_columns(connector, table, types) %}
    select
        '{{ connector }}' as source_system
        {%- for column in columns %},
        {% if column not in types and not currency_given_to(connector, column) -%}
        {{ null_of(types_seen.get(column, [])) }} as {{ column }}
        {%- elif column not in types -%}
        '{{ currency_given_to(connector, column) }}' as {{ column }}
        {%- elif types[column].is_string() -%}
        {%- set text = "nullif(" ~ trimmed(column) ~ ", '')" -%}
        {{ given_by(connector, column, text) }} as {{ column }}
        {%- elif column not in model.columns or model.columns[column].data_type in ['varchar', 'text', 'string'] -%}
        {%- set text = number_as_text(column) if types[column].is_float() else as_text(column) -%}
        {{ given_by(connector, column, text) }} as {{ column }}
        {%- elif types_seen[column] | length > 1 -%}
        nullif({{ as_text(column) }}, 'nan') as {{ column }}
        {%- elif types[column].is_float() -%}
        nullif({{ column }}, cast('NaN' as {{ types[column].dtype }})) as {{ column }}
        {%- else -%}
        {{ column }}
        {%- endif %}
        {%- endfor %}

    from {{ relation }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {% else %}
    select
        {{ empty_text() }} as source_system
        {%- for column in columns %},
        {{ empty_text() }} as {{ column }}
        {%- endfor %}

    where false
    {%- endfor %}

)

{%- set last = ['numbered'] %}
, numbered as (

    select
        {{ arrival_number() }} as input_row_id,
        arrived.*

    from arrived

)
{%- if overruled_by %}
{{- overruled_rows(columns, overruled_by, key, adds_rows) }}
{%- do last.append('overruled') -%}
{%- endif -%}
{%- if listed %}
{{- named_rows(columns, last[-1], named, listed) }}
{%- do last.append('named') -%}
{%- endif -%}
{%- if words %}
{{- worded_rows(columns, last[-1], words) }}
{%- do last.append('worded') -%}
{%- endif %}

select * from {{ last[-1] }}
    {%- else -%}
    {#- While dbt parses it learns what the table depends on. -#}
    {%- for seed in [overruled_by] + (words.values() | list) if seed -%}
    {%- do ref(seed) -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- The CTE `overruled`: rows with the cells that a seed of the business has in place of theirs. -#}
{% macro overruled_rows(columns, overruled_by, key, adds_rows) -%}
{%- set seed_columns = adapter.get_columns_in_relation(ref(overruled_by)) | map(attribute='name') | list
%}
, said as (

    select
        seed_rows.*,
        row_number() over (order by source_system, {{ key | join(', ') }}) as row_order

    from {{ ref(overruled_by) }} as seed_rows

    where source_system in ('{{ setting("connectors") | join("', '") }}')

),

overruled as (

    select
        coalesce(
            numbered.input_row_id, said.row_order + (select count(*) from numbered)
        ) as input_row_id,
        coalesce(numbered.source_system, said.source_system) as source_system
        {%- for column in columns %},
        {% if column in seed_columns -%}
        coalesce({{ as_text('said.' ~ column) }}, {{ as_text('numbered.' ~ column) }}) as {{ column }}
        {%- else -%}
        numbered.{{ column }}
        {%- endif %}
        {%- endfor %}

    from numbered

    {{ 'full' if adds_rows else 'left' }} join said
        on
            numbered.source_system = said.source_system
            {%- for column in key %}
            and {{ as_text('numbered.' ~ column) }} = said.{{ column }}
            {%- endfor %}

)
{%- endmacro %}


{#-
    The tables to which ids of other sources lead, for `named`: a list of the connector that writes
    the id, the id, the source that it is of, and the relation of that source's table.
-#}
{% macro relations_of_names(relations, named) -%}
    {%- set found = [] -%}
    {%- for connector in relations -%}
        {%- for column in named -%}
            {%- set source = foreign_source(connector, column) -%}
            {%- set table = table_of_id(column) -%}
            {%- if source and table in tables_of(source) -%}
                {%- do found.append({
                    'connector': connector, 'column': column, 'source': source,
                    'relation': connector_model(source, table),
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}


{#-
    The CTEs `names` and `named`: rows whose id of another source is one, where it was the name of
    exactly one record, without regard to case. An id of that source is no name.
-#}
{% macro named_rows(columns, relation, named, listed) %}
, listed_names as (
    {%- for one in listed %}
    {%- set id = trimmed(as_text(one.column)) -%}
    {%- set has = adapter.get_columns_in_relation(one.relation) | map(attribute='name') | list -%}
    {%- set names = [('1', id)] -%}
    {%- if named[one.column] in has -%}
        {%- do names.append(('2', trimmed(as_text(named[one.column])))) -%}
    {%- endif -%}
    {%- for kind, name in names %}

    select
        '{{ one.connector }}' as source_system,
        '{{ one.column }}' as column_name,
        lower('{{ one.source }}:' || {{ name }}) as given_name,
        '{{ one.source }}:' || {{ id }} as id,
        {{ kind }} as kind

    from {{ one.relation }}

    where {{ name }} != ''
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

names as (

    select
        source_system,
        column_name,
        given_name,
        coalesce(
            case
                when min(case when kind = 1 then id end) = max(case when kind = 1 then id end)
                    then min(case when kind = 1 then id end)
            end,
            case
                when max(case when kind = 1 then 1 else 0 end) = 0 and min(id) = max(id)
                    then min(id)
            end
        ) as id

    from listed_names

    group by source_system, column_name, given_name

),

named as (

    select
        {{ relation }}.input_row_id,
        {{ relation }}.source_system
        {%- for column in columns %},
        {% if column in named -%}
        coalesce({{ column }}_names.id, {{ as_text(relation ~ '.' ~ column) }}) as {{ column }}
        {%- else -%}
        {{ relation }}.{{ column }}
        {%- endif %}
        {%- endfor %}

    from {{ relation }}
    {%- for column in named %}

    left join names as {{ column }}_names
        on
            {{ relation }}.source_system = {{ column }}_names.source_system
            and {{ column }}_names.column_name = '{{ column }}'
            and lower({{ as_text(relation ~ '.' ~ column) }}) = {{ column }}_names.given_name
    {%- endfor %}

)
{%- endmacro %}


{#- The CTE `worded`: rows of a CTE with the contract's words for words of a source. -#}
{% macro worded_rows(columns, relation, words) %}
, worded as (

    select
        {{ relation }}.input_row_id,
        {{ relation }}.source_system
        {%- for column in columns %},
        {% if column in words -%}
        coalesce({{ column }}_words.{{ column }}, {{ as_text(relation ~ '.' ~ column) }})
            as {{ column }}
        {%- else -%}
        {{ relation }}.{{ column }}
        {%- endif %}
        {%- endfor %}

    from {{ relation }}
    {%- for column, seed in words.items() %}

    left join {{ ref(seed) }} as {{ column }}_words
        on
            {{ relation }}.source_system = {{ column }}_words.source_system
            and {{ as_choice(relation ~ '.' ~ column) }}
            = {{ as_choice(column ~ '_words.source_word') }}
    {%- endfor %}

)
{%- endmacro %}


{#- The currency that `extract_formats` says of amounts that name none; none for other columns. -#}
{% macro currency_given_to(connector, column) -%}
    {{- return(extract_format(connector).currency if column == 'currency' else '') -}}
{%- endmacro %}


{#-
    The text of a column; an id whole again, and with the name of its source if it is another one's,
    a currency that is empty as `extract_formats` says it.
-#}
{% macro given_by(connector, column, text) -%}
    {%- set currency = currency_given_to(connector, column) -%}
    {%- if currency -%}
        {{- return("coalesce(" ~ text ~ ", '" ~ currency ~ "')") -}}
    {%- endif -%}
    {%- set source = foreign_source(connector, column) -%}
    {%- set text = whole_id(text) if is_id(column) else text -%}
    {{- return("'" ~ source ~ ":' || " ~ text if source else text) -}}
{%- endmacro %}


{#- Refuses a connector that lacks a required column, or has one that the contract does not know. -#}
{% macro refuse_columns(connector, table, types) -%}
    {%- set file = 'models/connectors/' ~ connector ~ '/' ~ connector ~ '__' ~ table ~ '.sql' -%}
    {%- set faults = [] -%}
    {%- for column in model.columns.values()
        if column.config.meta.required and column.name not in types -%}
        {%- do faults.append(file ~ ' lacks the column ' ~ column.name ~ ', which is required') -%}
    {%- endfor -%}
    {%- set custom = custom_columns_of(table) | map(attribute='name') | list -%}
    {%- for name in types if name not in model.columns and name not in custom -%}
        {%- set lacking = model.columns | reject('in', types) | list -%}
        {%- do faults.append(
            file ~ ' has the column ' ~ name ~ ', which input_' ~ table ~ ' does not know'
            ~ did_you_mean(name, lacking)
        ) -%}
    {%- endfor -%}
    {%- if faults -%}
        {{- exceptions.raise_compiler_error(faults | join('\n')) -}}
    {%- endif -%}
{%- endmacro %}


{#- No value, of the type that other connectors give the column; text if they give it none or several. -#}
{% macro null_of(types) -%}
    {{- 'cast(null as ' ~ types[0] ~ ')' if types | length == 1 else empty_text() -}}
{%- endmacro %}


{#- A text without the blanks around it. -#}
{% macro trimmed(column) -%} {{ adapter.dispatch('trimmed')(column) }} {%- endmacro %}
{% macro default__trimmed(column) -%} trim({{ column }}) {%- endmacro %}
{#- DuckDB's trim takes spaces away: tabs, line ends, no-break and zero-width spaces stay. -#}
{% macro duckdb__trimmed(column) -%}
trim({{ column }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(8239) || chr(65279))
{%- endmacro %}


{#- Whether a column of the contract holds ids or codes: if they are numbers, they are whole. -#}
{% macro is_id(column) -%}
    {{- return(column.endswith('_id') or column.endswith('_code')) -}}
{%- endmacro %}


{#- An id as it was before a tool took it for a number: 70013.0 and 70013.00 are 70013. -#}
{% macro whole_id(text) -%} {{ adapter.dispatch('whole_id')(text) }} {%- endmacro %}
{% macro default__whole_id(text) -%} {{ text }} {%- endmacro %}
{% macro duckdb__whole_id(text) -%} regexp_replace({{ text }}, '^([0-9]+)[.]0+$', '\1') {%- endmacro %}


{#- A column as text. -#}
{% macro as_text(column) -%} cast({{ column }} as {{ dbt.type_string() }}) {%- endmacro %}


{#- A number as an id is written: a column of whole numbers with gaps often comes as 123.0. -#}
{% macro number_as_text(column) -%}
    case
            when {{ column }} = round({{ column }}) and abs({{ column }}) < 1e15
                then {{ as_text('cast(' ~ column ~ ' as bigint)') }}
            else nullif({{ as_text(column) }}, 'nan')
        end
{%- endmacro %}


{#- A text that is not known. -#}
{% macro empty_text() -%} cast(null as {{ dbt.type_string() }}) {%- endmacro %}


{#- A number for each row in the order of arrival. -#}
{% macro arrival_number() -%} {{ adapter.dispatch('arrival_number')() }} {%- endmacro %}
{% macro default__arrival_number() -%} row_number() over (order by 1) {%- endmacro %}
{% macro duckdb__arrival_number() -%} row_number() over () {%- endmacro %}
{% macro spark__arrival_number() -%} monotonically_increasing_id() {%- endmacro %}
