/*
Claim: each line of the seed internal_records names a column of its input table.
Why it could break: a misspelt column would leave out nothing, and nobody would know.
Not checked: whether any record has the value; the build says how many are left out.
*/
{%- set names = {} %}
{%- for table in ['companies', 'contacts', 'deals', 'subscriptions'] %}
{%- set relation = ref('input_' ~ table) %}
{%- do names.update({
    table: adapter.get_columns_in_relation(relation) | map(attribute='name') | list
        if execute else ['']
}) %}
{%- endfor %}
select
    table_name,
    column_name

from {{ ref('internal_records') }}

where
    {%- for table, columns in names.items() %}
    {% if not loop.first %}and {% endif -%}
    not (table_name = '{{ table }}' and column_name in ('{{ columns | join("', '") }}'))
    {%- endfor %}
