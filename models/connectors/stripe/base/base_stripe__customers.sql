{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as customer_id,
    coalesce({{ cell_text(field('name')) }}, {{ cell_text(field('email')) }}) as customer_name,
    lower({{ cell_text(field('email')) }}) as email,
    upper({{ cell_text(field('address__country')) }}) as country,
    {{ utc_of(field('created')) }} as created_at,
    coalesce({{ flag(field('is_deleted')) }}, 'false') as is_deleted,
    {{ metadata_of('metadata__crm_company_id') }} as crm_company_id,
    {{ cell_text(field('discount__id')) }} as discount_id
    {{- custom_fields('companies') }}

from {{ extract('stripe', 'customer') }}

qualify {{ is_of_last_load() }}
