{#-
    Why a value is null (the doc block `null_reason` says what each word means), for KPIs that need
    more than the two reasons that `kpi_rows` finds by itself. Costs have theirs in
    macros/cost_kpis.sql.

    The CTE `first_balance`: the first month of recurring revenue. The state before it is
    unknown, and not zero.
-#}
{% macro first_balance() -%}
first_balance as (

    select min(period_start) as month_start

    from {{ uncut(ref('agg_mrr_months')) }}

    where
        period_grain = 'month'
        and dimension = 'all'
        and customer_count > 0

)
{%- endmacro %}


{#- Where a day of a period lies less than so many months after the first balance: `not_yet`. -#}
{% macro not_yet_after_first_balance(month_count, day='least(period_end, reporting_date)') -%}
case
            when
                {{ day }}
                < {{ dbt.dateadd(
                    'month', month_count, '(select month_start from first_balance)'
                ) }}
                then 'not_yet'
        end
{%- endmacro %}


{#- A year of balances ends with the twelfth of them. -#}
{% macro not_yet_a_year() -%}
{{ not_yet_after_first_balance(11) }}
{%- endmacro %}

{#- There was a balance twelve months ago, of which to see what is left. -#}
{% macro not_yet_a_year_ago() -%}
{{ not_yet_after_first_balance(12) }}
{%- endmacro %}

{#- There was a balance when the period began. -#}
{% macro not_yet_at_start() -%}
{{ not_yet_after_first_balance(1, 'period_start') }}
{%- endmacro %}


{#-
    Where a period is over, of a figure that only looks ahead: `period_over`. A part that is not known
    comes first.
-#}
{% macro period_over(numerator, denominator) -%}
case
            when
                period_end <= reporting_date
                and {{ numerator }} is not null
                and {{ denominator }} is not null
                then 'period_over'
        end
{%- endmacro %}


{#- Why two figures that are set against each other give none: what has no source comes first. -#}
{% macro why_either(left_name, right_name) -%}
case
            when {{ left_name }}.null_reason = 'no_source' or {{ right_name }}.null_reason = 'no_source'
                then 'no_source'
            else coalesce({{ left_name }}.null_reason, {{ right_name }}.null_reason)
        end
{%- endmacro %}
