/*
Claim: each line of the seed internal_records names a column of its input table.
Why it could break: a misspelt column would leave out nothing, and nobody would know.
Not checked: whether any record has the value; the build says how many are left out.
*/
{%- set known = [''] %}
{%- for table in ['companies', 'contacts', 'deals', 'subscriptions'] %}
{%- set relation = ref('input_' ~ table) %}
{%- for column in (adapter.get_columns_in_relation(relation) if execute else []) %}
{%- do known.append(table ~ '.' ~ column.name) %}
{%- endfor %}
{%- endfor %}
select
    table_name,
    column_name

from {{ ref('internal_records') }}

where table_name || '.' || column_name not in ('{{ known | join("', '") }}')
