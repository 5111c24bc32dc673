{#-
    The CTE `<name>`: the rows of `measured` with one more column for each of `spreads`, `<spread>` ->
    {direct, shared, weight}: what costs in common (`shared`, wherever it stands in the dimension) is
    added to what each segment costs itself (`direct`) in proportion to `weight`, the remainder of
    rounding to the heaviest, so that the segments still add up exactly. A refund weighs nothing. The
    common costs stay where they are if nothing has a weight.
-#}
{% macro spread_shared(name, measured, spreads) -%}
{%- set partition = 'partition by period_grain, period_start, dimension' -%}
{{ name }}_weighed as (

    select
        *
        {%- for spread, of in spreads.items() %},
        cast({{ of.shared }} as {{ kpi_part_type() }}) as {{ spread }}_own_shared,
        case when {{ of.weight }} > 0 then {{ of.weight }} else 0 end as {{ spread }}_weight
        {%- endfor %}

    from {{ measured }}

),

{{ name }}_totals as (

    select
        *
        {%- for spread in spreads %},
        sum({{ spread }}_own_shared) over ({{ partition }}) as {{ spread }}_total_shared,
        sum({{ spread }}_weight) over ({{ partition }}) as {{ spread }}_total_weight,
        row_number() over (
            {{ partition }}
            order by {{ spread }}_weight desc, segment asc
        ) as {{ spread }}_rank
        {%- endfor %}

    from {{ name }}_weighed

),

{{ name }}_shares as (

    select
        *
        {%- for spread in spreads %},
        case
            when {{ spread }}_total_weight = 0 then {{ spread }}_own_shared
            else cast(
                {{ divide(spread ~ '_total_shared', spread ~ '_total_weight') }}
                * {{ spread }}_weight as {{ kpi_part_type() }}
            )
        end as {{ spread }}_share
        {%- endfor %}

    from {{ name }}_totals

),

{{ name }} as (

    select
        *
        {%- for spread, of in spreads.items() %},
        cast(
            cast({{ of.direct }} as {{ kpi_part_type() }})
            + {{ spread }}_share
            + case
                when {{ spread }}_rank = 1
                    then
                        {{ spread }}_total_shared
                        - sum({{ spread }}_share) over ({{ partition }})
                else 0
            end as {{ kpi_part_type() }}
        ) as {{ spread }}
        {%- endfor %}

    from {{ name }}_shares

)
{%- endmacro %}


{#- Spreads of the same costs over several counts: `bearers` is cost -> those who bear it. -#}
{% macro borne_by(bearers) -%}
{%- set spreads = {} -%}
{%- for amount, count in bearers.items() -%}
    {%- do spreads.update({
        amount: {'direct': 'direct_amount', 'shared': 'shared_amount', 'weight': count},
    }) -%}
{%- endfor -%}
{{- return(spreads) -}}
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
