{#- A table: readers sort and filter its sentences. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with drivers as (

    select * from {{ ref('largest_drivers') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

units as (

    select * from {{ ref('units') }}

),

segments as (

    select * from {{ ref('dim_segments') }}

),

scaled as (

    select
        drivers.*,
        variants.unit,
        units.decimals,
        units.words_en,
        units.words_fr,
        units.word_en,
        units.word_fr,
        coalesce(segments.label_en, drivers.segment) as segment_en,
        coalesce(segments.label_fr, drivers.segment) as segment_fr,
        case when drivers.change_part < 0 then '-' else '+' end as sign,
        abs(drivers.change_part) * units.factor as size

    from drivers

    inner join variants
        on
            drivers.kpi = variants.kpi
            and drivers.variant = variants.variant

    inner join units
        on variants.unit = units.unit

    left join segments
        on
            drivers.dimension = segments.dimension
            and drivers.segment = segments.segment

),

written as (

    select
        *,
        case decimals
            when 0 then cast(cast(round(size, 0) as decimal(28, 0)) as {{ dbt.type_string() }})
            when 1 then cast(cast(round(size, 1) as decimal(28, 1)) as {{ dbt.type_string() }})
            else cast(cast(round(size, 2) as decimal(28, 2)) as {{ dbt.type_string() }})
        end as size_text,
        case
            when own_rate_part is null then null
            when abs(own_rate_part) >= abs(mix_part) then 'own_rate'
            else 'mix'
        end as reason

    from scaled

    -- What would be written as 0 is no driver.
    where size * case decimals when 0 then 2 when 1 then 20 else 200 end >= 1

),

cut_up as (

    select
        *,
        {{ dbt.split_part('size_text', "'.'", 1) }} as whole_digits,
        case when decimals > 0 then {{ dbt.split_part('size_text', "'.'", 2) }} end
            as decimal_digits,
        case
            when unit = 'amount' then ' {{ var('reporting_currency') }}'
            when size_text = '1' then coalesce(' ' || word_en, '')
            else coalesce(' ' || words_en, '')
        end as unit_en,
        case
            when unit = 'amount' then ' {{ var('reporting_currency') }}'
            when cast(size_text as decimal(28, 2)) < 2 then coalesce(' ' || word_fr, '')
            else coalesce(' ' || words_fr, '')
        end as unit_fr,
        case reason
            when 'own_rate'
                then
                    case
                        when unit in ('share', 'ratio') then ', its own rate'
                        else ', its own level'
                    end
            when 'mix' then ', its share of the whole'
            else ''
        end as reason_en,
        case reason
            when 'own_rate'
                then
                    case
                        when unit in ('share', 'ratio') then ', son propre taux'
                        else ', son propre niveau'
                    end
            when 'mix' then ', son poids dans l’ensemble'
            else ''
        end as reason_fr

    from written

),

sentences as (

    select
        *,
        segment_en || ' ' || sign || {{ grouped_thousands('whole_digits', ',') }}
        || coalesce('.' || decimal_digits, '') || unit_en || reason_en
        || coalesce(' [' || annotations_en || ']', '') as driver_en,
        segment_fr || ' ' || sign || {{ grouped_thousands('whole_digits', ' ') }}
        || coalesce(',' || decimal_digits, '') || unit_fr || reason_fr
        || coalesce(' [' || annotations_fr || ']', '') as driver_fr

    from cut_up

),

final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        compared_start,
        dimension,
        total_change,
        is_provisional,
        {{ dbt.listagg('driver_en', "'; '", 'order by place') }} as drivers_en,
        {{ dbt.listagg('driver_fr', "' ; '", 'order by place') }} as drivers_fr

    from sentences

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        compared_start,
        dimension,
        total_change,
        is_provisional

)

select * from final
