/*
Claim: the KPIs and variants that the views compute are those that the catalogue calls available, no
more and no fewer; nothing is left out of a variant's row; each KPI has one default variant, which
is the first; and each target is that of a variant.
Why it could break: a variant renamed in one place, a KPI that is built and not announced or
announced and not built, a variant without a unit, two defaults or none, a target of a variant that
is gone.
Not checked: that the formula in the catalogue is the one computed.
*/
with kpis as (

    select * from {{ ref('kpis') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

targets as (

    select * from {{ ref('kpi_targets') }}

),

computed as (

    select distinct
        kpi,
        variant

    from {{ ref('kpi_values') }}

),

announced as (

    select
        variants.kpi,
        variants.variant

    from variants

    inner join kpis
        on variants.kpi = kpis.kpi

    where kpis.status = 'available'

),

first_places as (

    select
        kpis.kpi,
        count(case when variants.is_default then 1 end) as default_count,
        count(case when variants.is_default and variants.place = 1 then 1 end)
            as default_first_count,
        count(distinct variants.place) as place_count,
        count(variants.variant) as variant_count

    from kpis

    left join variants
        on kpis.kpi = variants.kpi

    group by kpis.kpi

)

select
    coalesce(computed.kpi, announced.kpi) as kpi,
    coalesce(computed.variant, announced.variant) as variant,
    case when computed.kpi is null then 'not computed' else 'not in the catalogue' end as finding

from computed

full outer join announced
    on
        computed.kpi = announced.kpi
        and computed.variant = announced.variant

where
    computed.kpi is null
    or announced.kpi is null

union all

select
    kpi,
    cast(null as {{ dbt.type_string() }}) as variant,
    'not one default, in the first place, or two variants in one place' as finding

from first_places

where
    default_count != 1
    or default_first_count != 1
    or place_count != variant_count

union all

select
    kpi,
    variant,
    'a row with an empty field' as finding

from variants

where
    place is null
    or is_default is null
    or label_en is null
    or label_fr is null
    or unit is null
    or value_type is null
    or additive_parts is null
    or direction is null
    or formula_en is null
    or formula_fr is null

union all

select
    targets.kpi,
    targets.variant,
    'a target of no variant' as finding

from targets

left join variants
    on
        targets.kpi = variants.kpi
        and targets.variant = variants.variant

where variants.kpi is null
