/*
Claim: the KPIs and variants that the views compute are those that the catalogue calls available, no
more and no fewer, and each default variant is one of its KPI's variants.
Why it could break: a variant renamed in one place, a KPI that is built and not announced or
announced and not built, a default that no row has.
Not checked: that the formula in the catalogue is the one computed; more than 30 variants of a KPI.
*/
with catalogue as (

    select * from {{ ref('kpi_catalog') }}

),

computed as (

    select distinct
        kpi,
        variant

    from {{ ref('kpi_values') }}

),

places as (

    {% for place in range(1, 31) -%}
    select {{ place }} as place
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

listed as (

    select
        catalogue.kpi,
        catalogue.status,
        catalogue.default_variant,
        {{ dbt.split_part('catalogue.variants', "'|'", 'places.place') }} as variant

    from catalogue

    cross join places

),

announced as (

    select
        kpi,
        variant

    from listed

    where
        status = 'available'
        and variant != ''

),

defaults as (

    select
        kpi,
        max(case when variant = default_variant then 1 else 0 end) as is_listed

    from listed

    group by kpi

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
    'the default is none of its variants' as finding

from defaults

where is_listed = 0
