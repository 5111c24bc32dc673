{#- The tables whose records the seed can name, with their id. -#}
{%- set records = {
    'companies': 'company_id', 'contacts': 'contact_id', 'deals': 'deal_id',
    'subscriptions': 'subscription_id',
} -%}
{#- Table -> the records that its rows belong to: a row is internal if one of them is. -#}
{%- set belonging = {
    'companies': {'merged_into_company_id': 'companies'},
    'contacts': {'merged_into_contact_id': 'contacts'},
    'deals': {'merged_into_deal_id': 'deals', 'company_id': 'companies'},
    'subscriptions': {'company_id': 'companies', 'deal_id': 'deals'},
    'contact_companies': {'contact_id': 'contacts', 'company_id': 'companies'},
    'lifecycle_history': {'contact_id': 'contacts'},
    'deal_contacts': {'deal_id': 'deals', 'contact_id': 'contacts'},
    'deal_stage_history': {'deal_id': 'deals'},
    'deal_property_history': {'deal_id': 'deals'},
    'quotes': {'deal_id': 'deals'},
    'activities': {'deal_id': 'deals'},
    'feedback_submissions': {'contact_id': 'contacts'},
    'web_sessions': {'contact_id': 'contacts'},
    'trade_show_visits': {'contact_id': 'contacts'},
    'invoices': {
        'company_id': 'companies', 'deal_id': 'deals', 'subscription_id': 'subscriptions',
    },
    'invoice_lines': {'invoice_id': 'invoices'},
} -%}
with listed as (

    select
        table_name,
        column_name,
        lower(value) as listed_value,
        case when value like '%*' then lower(left(value, length(value) - 1)) end as beginning

    from {{ ref('internal_records') }}

),

company_links as (

    select
        source_system || ':' || company_id as company_id,
        linked_source || ':' || linked_company_id as linked_company_id

    from {{ ref('company_links') }}

),
{%- for table, id in records.items() %}
{%- set columns = adapter.get_columns_in_relation(ref('input_' ~ table)) if execute else [] %}

{{ table }}_cells as (

    select
        arrived.input_row_id,
        {{ entity_id(id) }} as record_id,
        listed.column_name,
        listed.listed_value,
        listed.beginning,
        lower(arrived.source_system) as source_name,
        lower(
            case listed.column_name
                {%- for column in columns %}
                when '{{ column.name }}' then {{ as_text(column.name) }}
                {%- endfor %}
                {%- if not columns %}
                when '' then ''
                {%- endif %}
            end
        ) as given_value

    from {{ ref('input_' ~ table) }} as arrived

    inner join listed
        on listed.table_name = '{{ table }}'

),

named_{{ table }} as (

    select
        input_row_id,
        min(record_id) as record_id,
        min(column_name) as column_name,
        min(given_value) as given_value

    from {{ table }}_cells

    where
        given_value = listed_value
        or source_name || ':' || given_value = listed_value
        or left(given_value, length(beginning)) = beginning

    group by input_row_id

),
{%- endfor %}

{#- What belongs to an internal record is internal, and what belongs to that in turn. #}
{%- for table, parents in belonging.items() %}
{%- set id = records.get(table, 'invoice_id' if table == 'invoices' else none) %}
{%- if table == 'contacts' %}

contacts_of_internal_companies as (

    select
        {{ entity_id('contact_id') }} as record_id,
        min({{ as_text('company_id') }}) as company_id

    from {{ ref('input_contact_companies') }}

    left join companies_ids
        on {{ entity_id('company_id') }} = companies_ids.record_id

    group by {{ entity_id('contact_id') }}

    having count(*) = count(companies_ids.record_id)

),
{%- endif %}

{{ table }}_found as (
    {%- if table in records %}

    select
        input_row_id,
        column_name,
        given_value,
        1 as place

    from named_{{ table }}

    union all
    {%- endif %}
    {%- for column, parent in parents.items() %}

    select
        arrived.input_row_id,
        '{{ column }}' as column_name,
        {{ as_text(column) }} as given_value,
        {{ loop.index + 1 }} as place

    from {{ ref('input_' ~ table) }} as arrived

    inner join {{ ("named_" ~ parent) if parent == table else (parent ~ "_ids") }} as parents
        on {{ entity_id(column) }} = parents.record_id
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}
    {%- if table == 'companies' %}

    union all

    select
        arrived.input_row_id,
        'company_links' as column_name,
        company_links.linked_company_id as given_value,
        3 as place

    from {{ ref('input_companies') }} as arrived

    inner join company_links
        on {{ entity_id('arrived.company_id') }} = company_links.company_id

    inner join named_companies
        on company_links.linked_company_id = named_companies.record_id
    {%- elif table == 'contacts' %}

    union all

    -- A contact all of whose companies are internal.
    select
        arrived.input_row_id,
        'company_id' as column_name,
        contacts_of_internal_companies.company_id as given_value,
        3 as place

    from {{ ref('input_contacts') }} as arrived

    inner join contacts_of_internal_companies
        on {{ entity_id('contact_id') }} = contacts_of_internal_companies.record_id
    {%- elif table == 'activities' %}

    union all

    -- With a colleague alone: a colleague may take part in a deal of a customer.
    select
        arrived.input_row_id,
        'contact_id' as column_name,
        {{ as_text('contact_id') }} as given_value,
        3 as place

    from {{ ref('input_activities') }} as arrived

    inner join contacts_ids
        on {{ entity_id('contact_id') }} = contacts_ids.record_id

    where arrived.deal_id is null
    {%- endif %}

),

{{ table }}_ranked as (

    select
        *,
        row_number() over (
            partition by input_row_id
            order by place, given_value
        ) as reason_number

    from {{ table }}_found

),

{{ table }}_once as (

    select * from {{ table }}_ranked where reason_number = 1

),
{%- if id %}

{{ table }}_ids as (

    select distinct {{ entity_id(id) }} as record_id

    from {{ ref('input_' ~ table) }} as arrived

    inner join {{ table }}_once
        on arrived.input_row_id = {{ table }}_once.input_row_id

),
{%- endif %}
{%- endfor %}

final as (
    {% for table in belonging %}
    select
        '{{ table }}' as table_name,
        arrived.input_row_id,
        arrived.source_system,
        {{ as_text(input_tables()[table].id) }} as row_key,
        once_found.column_name,
        case
            when once_found.place = 1 then 'is_an_internal_record'
            else 'belongs_to_an_internal_record'
        end as rule,
        once_found.given_value as rejected_value

    from {{ table }}_once as once_found

    inner join {{ ref('input_' ~ table) }} as arrived
        on once_found.input_row_id = arrived.input_row_id
    {%- if not loop.last %}

    union all
    {% endif -%}
    {%- endfor %}

)

select * from final
