{#-
    The CTE `<name>`: the rows of `measured` with one more column, `<spread>`. It adds a part of the
    shared costs (`shared`, in whatever segments they stand) to the costs of each segment itself
    (`direct`), in proportion to `weight`. The heaviest segment takes the remainder of rounding, so
    that the segments still add up exactly. A refund weighs nothing. Shared costs stay where they
    are if no segment has a weight.
-#}
{% macro spread_shared(name, measured, direct, shared, weight, spread) -%}
{{ name }}_weighed as (

    select
        *,
        cast({{ shared }} as {{ kpi_part_type() }}) as {{ name }}_own_shared,
        case when {{ weight }} > 0 then {{ weight }} else 0 end as {{ name }}_weight

    from {{ measured }}

),

{{ name }}_totals as (

    select
        *,
        sum({{ name }}_own_shared) over (
            partition by period_grain, period_start, dimension
        ) as {{ name }}_total_shared,
        sum({{ name }}_weight) over (
            partition by period_grain, period_start, dimension
        ) as {{ name }}_total_weight,
        row_number() over (
            partition by period_grain, period_start, dimension
            order by {{ name }}_weight desc, segment asc
        ) as {{ name }}_rank

    from {{ name }}_weighed

),

{{ name }}_shares as (

    select
        *,
        case
            when {{ name }}_total_weight = 0 then {{ name }}_own_shared
            else cast(
                cast({{ name }}_total_shared as {{ kpi_part_type() }})
                / {{ name }}_total_weight * {{ name }}_weight as {{ kpi_part_type() }}
            )
        end as {{ name }}_share

    from {{ name }}_totals

),

{{ name }} as (

    select
        *,
        cast(
            cast({{ direct }} as {{ kpi_part_type() }})
            + {{ name }}_share
            + case
                when {{ name }}_rank = 1
                    then {{ name }}_total_shared - sum({{ name }}_share) over (
                        partition by period_grain, period_start, dimension
                    )
                else 0
            end as {{ kpi_part_type() }}
        ) as {{ spread }}

    from {{ name }}_shares

)
{%- endmacro %}


{#-
    Why costs are not known in a period, by what is known of all months: `costs_not_known` if those of
    other months are, `no_source` if there are no costs at all.
-#}
{% macro why_costs_are_not_known(is_known) -%}
case
            when {{ is_known }} then null
            when max(case when {{ is_known }} then 1 else 0 end) over () = 1 then 'costs_not_known'
            else 'no_source'
        end
{%- endmacro %}


{#- Why there is no price: no count, no costs, nothing to divide by, or nothing that was spent. -#}
{% macro why_no_price(cost, count, why_no_cost) -%}
case
            when {{ count }} is null then 'no_source'
            when {{ cost }} is null then {{ why_no_cost }}
            when {{ count }} != 0 then 'too_few'
        end
{%- endmacro %}


{#-
    The price of one: the cost divided by the count. Without any cost there is no price, and a
    refund makes no price below 0: null in both cases.
-#}
{% macro price(cost, count) -%}
case when {{ cost }} > 0 then {{ ratio(cost, count) }} end
{%- endmacro %}
