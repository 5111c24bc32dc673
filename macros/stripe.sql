{#- A cell as a number to compute with; null if it cannot be read. -#}
{% macro amount_of(x) -%} try_cast({{ x }} as decimal(28, 8)) {%- endmacro %}


{#- A moment of Stripe as a timestamp in UTC: seconds since 1970, or as a loader has written it. -#}
{% macro utc_of(x) -%}
coalesce(
        make_timestamp(try_cast(cast({{ x }} as varchar) as bigint) * 1000000),
        try_cast(cast({{ x }} as varchar) as timestamp)
    )
{%- endmacro %}


{#-
    The day of a moment of Stripe. Its spans end in the second in which the next one begins, at any
    hour: the day of an end is the first one that is no longer in the span.
-#}
{% macro day_of_epoch(x) -%} {{ reporting_day(utc_of(x)) }} {%- endmacro %}


{#-
    Whether a row is the last version of its object: that of the last load, and before all others one
    that `first` says is the present one. Rows without an id are no versions of each other: each of
    them stays, so that the gate can name it.
-#}
{% macro is_of_last_load(first=none) -%}
(
        row_number() over (
            partition by {{ cell_text(field('id')) }}
            order by
                {%- if first %}
                {{ first }} desc nulls last,
                {%- endif %}
                {{ field('_dlt_load_id') }} desc nulls last
        ) = 1
        or {{ cell_text(field('id')) }} is null
    )
{%- endmacro %}


{#- The total of an invoice without tax, in minor units; Fivetran gives total and tax. -#}
{% macro total_without_tax() -%}
coalesce(
        {{ cell_text(field('total_excluding_tax')) }},
        cast(
            {{ amount_of(field('total')) }} - coalesce({{ amount_of(field('tax')) }}, 0) as varchar
        )
    )
{%- endmacro %}


{#-
    A value that a company wrote into the metadata of an object: a column of its own by dlt, JSON in
    one column by Fivetran. The key is the end of the column's name, or the one that `metadata_keys`
    gives in its place.
-#}
{% macro metadata_of(column) -%}
    {%- set key = column.removeprefix('metadata__') -%}
    {%- set own = (setting('metadata_keys').get(this_connector()) or {}).get(key) -%}
    {%- set found = field('metadata__' ~ own, declared_as=column) if own else field(column) -%}
    {%- set json = cell_text(field('metadata')) -%}
coalesce(
        {{ cell_text(found) }},
        case
            when json_valid({{ json }})
                then {{ cell_text(
                    "json_extract_string(" ~ json ~ ", '$.\"" ~ (own or key) ~ "\"')"
                ) }}
        end
    )
{%- endmacro %}


{#- The keys that the connector reads, which `metadata_keys` may rename. -#}
{% macro known_metadata_keys() -%}
    {{- return(['crm_company_id', 'deal_id', 'product_family']) -}}
{%- endmacro %}
