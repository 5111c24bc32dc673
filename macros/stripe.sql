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
