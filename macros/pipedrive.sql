{#- An id: a number, or the object around it that Airbyte leaves as JSON, {"value": 9, "name": "A"}.
    -#}
{% macro pipedrive_id(x) -%}
case
            when starts_with({{ cell_text(x) }}, '{')
                then coalesce(
                    nullif(regexp_extract({{ cell_text(x) }}, '"value": ?([0-9]+)', 1), ''),
                    nullif(regexp_extract({{ cell_text(x) }}, '"id": ?([0-9]+)', 1), '')
                )
            else {{ whole_id(cell_text(x)) }}
        end
{%- endmacro %}


{#- Whether a record of the model's extract is deleted: the older API says whether it is active. -#}
{% macro pipedrive_is_deleted() -%}
coalesce(
            {{ flag(field('is_deleted')) }},
            case {{ flag(field('active_flag')) }}
                when 'true' then 'false'
                when 'false' then 'true'
            end
        )
{%- endmacro %}


{#-
    The columns of the model's extract that have a label, as {loose name of the label: SQL}, with
    the labels of options in place of their numbers. Custom fields are named by a key of forty
    digits, which the table of fields explains; dlt's older source has done so already.
-#}
{% macro pipedrive_labelled(entity) -%}
    {#- depends_on: base_pipedrive__custom_fields -#}
    {%- set fields = ref('base_pipedrive__custom_fields') -%}
    {%- set labelled = {} -%}
    {%- if execute -%}
        {%- set header = header_of_extract() -%}
        {%- for row in run_query(
            "select field_key, field_label, column_name, field_options from " ~ fields
            ~ " where entity = '" ~ entity ~ "' order by length(field_key), field_key desc"
        ).rows -%}
            {%- set column = pipedrive_column(header, row) -%}
            {%- if column -%}
                {%- set quoted = adapter.quote(column) -%}
                {%- set expression = pipedrive_option(quoted, row['field_options']) -%}
                {%- do labelled.update({
                    loose_name(row['field_label'] or row['field_key']): expression,
                    loose_name(row['field_key']): expression,
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(labelled) -}}
{%- endmacro %}


{#- The column of a header that holds a field of the table of fields; none if there is none. -#}
{% macro pipedrive_column(header, row) -%}
    {%- for name in [
        'custom_fields__' ~ row['field_key'], 'custom_fields__' ~ row['field_key'] ~ '__value',
        row['field_key'], row['column_name'] or row['field_key'],
    ] -%}
        {%- for column in header if loose_name(column) == loose_name(name) -%}
            {{- return(column) -}}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(none) -}}
{%- endmacro %}


{#-
    A cell with the label of its option in place of the option's number. `options` is what loaders
    keep: {"11": "Pro"} or [{"id": 11, "label": "Pro"}].
-#}
{% macro pipedrive_option(x, options) -%}
    {%- set listed = fromjson(options or '{}', {}) -%}
    {%- set labels = {} -%}
    {%- if listed is mapping -%}
        {%- do labels.update(listed) -%}
    {%- else -%}
        {%- for option in listed if option is mapping -%}
            {%- do labels.update({option.get('id') | string: option.get('label') | string}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(word(whole_id(cell_text(x)), labels) if labels else x) -}}
{%- endmacro %}


{#- A field that accounts make themselves: by its label, or as `field` finds a column. -#}
{% macro pipedrive_field(labelled, name) -%}
    {%- if execute -%}
        {%- for candidate in [name] + (declared_meta(declared_column(name)).get('names') or [])
            if loose_name(candidate) in labelled -%}
            {{- return(labelled[loose_name(candidate)]) -}}
        {%- endfor -%}
    {%- endif -%}
    {{- return(field(name)) -}}
{%- endmacro %}


{#- The columns of deals, which the API lists in two places: those that are archived apart. -#}
{% macro pipedrive_deal_columns(is_whole=true) -%}
    {%- set labelled = pipedrive_labelled('deal') -%}
    {%- set own %}
        {{ pipedrive_id(field('id')) }} as deal_id,
        {{ cell_text(field('title')) }} as deal_name,
        {{ pipedrive_id(field('pipeline_id')) }} as pipeline_id,
        {{ pipedrive_id(field('stage_id')) }} as open_stage_id,
        {#- In the older API a deleted deal shows by its times alone what it was before. #}
        case
            when lower({{ cell_text(field('status')) }}) != 'deleted'
                then lower({{ cell_text(field('status')) }})
            when {{ cell_text(field('won_time')) }} is not null then 'won'
            when {{ cell_text(field('lost_time')) }} is not null then 'lost'
            else 'open'
        end as status,
        {{ money(field('value'), currency=cell_text(field('currency'))) }} as amount,
        {{ cell_text(field('currency')) }} as currency,
        {{ pipedrive_id(field('owner_id')) }} as owner_id,
        {{ pipedrive_id(field('person_id')) }} as person_id,
        {{ pipedrive_id(field('org_id')) }} as org_id,
        {{ cell_text(pipedrive_field(labelled, 'plan')) }} as plan,
        {{ word(pipedrive_field(labelled, 'deal_type'), {
            'New business': 'new_business',
            'Existing business': 'existing_business',
        }) }} as deal_type,
        {{ word(pipedrive_field(labelled, 'forecast_category'), {'Omit': 'omitted'}) }}
            as forecast_category,
        {{ cell_text(pipedrive_field(labelled, 'channel')) }} as channel,
        {{ cell_text(field('channel_id')) }} as channel_id,
        {{ cell_text(field('lost_reason')) }} as lost_reason,
        {{ moment_of(field('add_time')) }} as created_at,
        {{ moment_of(field('stage_change_time')) }} as stage_changed_at,
        coalesce(
            case lower({{ cell_text(field('status')) }})
                when 'won' then {{ moment_of(field('won_time')) }}
                when 'lost' then {{ moment_of(field('lost_time')) }}
                when 'deleted'
                    then coalesce(
                        {{ moment_of(field('won_time')) }}, {{ moment_of(field('lost_time')) }}
                    )
            end,
            {{ moment_of(field('close_time')) }}
        ) as closed_at,
        {{ day_of(field('expected_close_date')) }} as expected_close_date,
        coalesce(
            {{ flag(field('is_deleted')) }},
            case lower({{ cell_text(field('status')) }}) when 'deleted' then 'true' else 'false' end
        ) as is_deleted,
        {{ moment_of(field('update_time')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at
    {%- endset -%}
    {{- own ~ custom_fields('deals', labelled, is_whole, own) }}
{%- endmacro %}
