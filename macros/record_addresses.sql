{#- The addresses of the records of a kind, by source system: the CTE `links`. -#}
{% macro links_of(record_type) -%}
links as (

    select * from {{ ref('record_links') }} where record_type = '{{ record_type }}'

)
{%- endmacro %}


{#-
    Where a record can be opened: the address that its source gives, or the one that the CTE `links`
    makes of the id that the record has there.
-#}
{% macro address_of(rows, id_column) -%}
coalesce(
            {{ rows }}.record_url,
            replace(
                links.url,
                '{id}',
                substring({{ rows }}.{{ id_column }}, length({{ rows }}.source_system) + 2)
            )
        )
{%- endmacro %}
