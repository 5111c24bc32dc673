{#-
    A view: of all periods it has millions of rows. Conditions of a query reach the table of KPIs
    before anything is computed, if they name columns that every window below is cut by.
-#}
{{ config(meta={'has_given_cuts': false}) }}

with changes as (

    select * from {{ ref('kpi_changes') }}

),

annotations as (

    select * from {{ ref('segment_annotations') }}

),

-- Part of the denominator and rate of each segment, in both periods. Computed in floating point, as
-- decimals of this size cannot be multiplied; rounded to eight decimals below.
rates as (

    select
        *,
        total_value - total_compared_value as total_change,
        case
            when not is_ratio then null
            when has_denominator_of_all then 1
            else
                cast(coalesce(denominator, 0) as {{ type_double() }})
                / cast(total_denominator as {{ type_double() }})
        end as share_of_all,
        case
            when not is_ratio then null
            when has_denominator_of_all then 1
            else
                cast(coalesce(compared_denominator, 0) as {{ type_double() }})
                / cast(total_compared_denominator as {{ type_double() }})
        end as compared_share_of_all,
        case
            when has_denominator_of_all or (denominator != 0 and compared_denominator != 0)
                then
                    cast(coalesce(numerator, 0) as {{ type_double() }})
                    / cast(
                        case
                            when has_denominator_of_all then total_denominator
                            else denominator
                        end as {{ type_double() }}
                    )
                    - cast(coalesce(compared_numerator, 0) as {{ type_double() }})
                    / cast(
                        case
                            when has_denominator_of_all then total_compared_denominator
                            else compared_denominator
                        end as {{ type_double() }}
                    )
        end as rate_change,
        case
            when is_ratio
                then
                    cast(coalesce(numerator, 0) as {{ type_double() }})
                    / cast(total_denominator as {{ type_double() }})
                    - cast(coalesce(compared_numerator, 0) as {{ type_double() }})
                    / cast(total_compared_denominator as {{ type_double() }})
        end as contribution

    from changes

),

own_rates as (

    select
        *,
        case
            when is_ratio
                then coalesce((share_of_all + compared_share_of_all) / 2 * rate_change, 0)
        end as own_rate,
        (share_of_all - compared_share_of_all)
        * (
            cast(total_value as {{ type_double() }})
            + cast(total_compared_value as {{ type_double() }})
        ) / 2 as expected_contribution

    from rates

),

rounded as (

    select
        *,
        cast(own_rate as {{ kpi_value_type() }}) as rounded_own_rate,
        cast(contribution - own_rate - expected_contribution as {{ kpi_value_type() }})
            as rounded_mix,
        coalesce(numerator, 0) - coalesce(compared_numerator, 0) as difference

    from own_rates

),

unbalanced as (

    select
        *,
        case when is_ratio then rounded_own_rate + rounded_mix else difference end as part

    from rounded

),

-- What rounding leaves goes to the largest part, and in it to the larger of its two.
placed as (

    select
        *,
        total_change - sum(part) over of_dimension as residue,
        row_number() over in_dimension as place

    from unbalanced

    window
        of_dimension as (
            partition by
                kpi, variant, is_default, period_grain, period_start, is_latest_whole, comparison,
                dimension
        ),
        in_dimension as (
            partition by
                kpi, variant, is_default, period_grain, period_start, is_latest_whole, comparison,
                dimension
            order by abs(part) desc nulls last, segment asc
        )

),

balanced as (

    select
        *,
        case when place = 1 then residue else 0 end as own_residue,
        abs(rounded_own_rate) >= abs(rounded_mix) as is_own_rate_larger

    from placed

),

final as (

    select
        balanced.kpi,
        balanced.variant,
        balanced.is_default,
        balanced.period_grain,
        balanced.period_start,
        balanced.period_end,
        balanced.is_latest_whole,
        balanced.comparison,
        balanced.compared_start,
        balanced.dimension,
        balanced.segment,
        balanced.numerator,
        balanced.denominator,
        balanced.value,
        balanced.compared_numerator,
        balanced.compared_denominator,
        balanced.compared_value,
        cast(
            balanced.rounded_own_rate
            + case when balanced.is_own_rate_larger then balanced.own_residue else 0 end
            as {{ kpi_value_type() }}
        ) as own_rate_part,
        cast(
            balanced.rounded_mix
            + case when balanced.is_own_rate_larger then 0 else balanced.own_residue end
            as {{ kpi_value_type() }}
        ) as mix_part,
        cast(balanced.part + balanced.own_residue as {{ kpi_value_type() }}) as change_part,
        balanced.total_value,
        balanced.total_compared_value,
        cast(balanced.total_change as {{ kpi_value_type() }}) as total_change,
        balanced.is_provisional,
        annotations.annotations_en,
        annotations.annotations_fr

    from balanced

    left join annotations
        on
            balanced.kpi = annotations.kpi
            and balanced.period_grain = annotations.period_grain
            and balanced.period_start = annotations.period_start
            and balanced.comparison = annotations.comparison
            and balanced.dimension = annotations.dimension
            and balanced.segment = annotations.segment

)

select * from final
