{#-
    An amount in the reporting currency, in cents, at the fixed rate of `int_currency_rates`, to
    which `rates` is left joined on the currency; without a currency it is in the reporting one.
-#}
{% macro in_reporting_currency(amount, rates) -%}
cast({{ amount }} * coalesce({{ rates }}.conversion_rate, 1) as decimal(18, 2))
{%- endmacro %}
