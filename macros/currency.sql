{#-
    A rate of two currencies. A weak currency is worth a hundred-thousandth of a strong one: twenty
    decimals leave at least twelve significant digits of any rate from a billionth to a billion.
-#}
{% macro rate_type() -%} decimal(38, 20) {%- endmacro %}


{#-
    A rate divided by another, to between twelve and fifteen significant digits: further ones are
    noise of the division, which differs from engine to engine and would move a cent. Rates that
    need no division keep all of their digits.
-#}
{% macro divided_rates(rate, by) -%}
{%- set quotient = 'cast(' ~ rate ~ ' as ' ~ type_double() ~ ') / cast(' ~ by ~ ' as ' ~ type_double() ~ ')' -%}
case
            when {{ by }} = 1 then {{ rate }}
            when {{ rate }} = {{ by }} then cast(1 as {{ rate_type() }})
            {%- for is_at_least, decimals in [
                (rate ~ ' >= ' ~ by ~ ' * 1000', 8),
                (rate ~ ' * 10 >= ' ~ by, 12),
                (rate ~ ' * 10000 >= ' ~ by, 15),
                (rate ~ ' * 10000000 >= ' ~ by, 18),
            ] %}
            when {{ is_at_least }}
                then cast(
                    cast({{ quotient }} as decimal({{ 18 + decimals }}, {{ decimals }}))
                    as {{ rate_type() }}
                )
            {%- endfor %}
            else cast({{ quotient }} as {{ rate_type() }})
        end
{%- endmacro %}


{#-
    An amount of at most twenty digits before the point and eight after it, times a rate. Decimals
    have 38 digits: the rate's first eight decimals and the rest are multiplied apart, so that
    neither product is too long for them. Most amounts are in the reporting currency: long products
    would take most of the time of what reads them.
-#}
{% macro converted(amount, rate) -%}
case
            when {{ rate }} = 1 then cast({{ amount }} as decimal(38, 16))
            else cast(
                {{ amount }} * cast({{ rate }} as decimal(28, 8)) as decimal(38, 16)
            ) + cast(
                {{ amount }}
                * cast({{ rate }} - cast({{ rate }} as decimal(28, 8)) as decimal(20, 20))
                as decimal(38, 16)
            )
        end
{%- endmacro %}


{#-
    An amount converted to the reporting currency, in cents, at the fixed rate. `rates` is
    `int_currency_rates`, left joined on the currency. An amount without a currency is in the
    reporting currency.
-#}
{% macro in_reporting_currency(amount, rates) -%}
cast({{ converted(amount, 'coalesce(' ~ rates ~ '.conversion_rate, 1)') }} as decimal(18, 2))
{%- endmacro %}
