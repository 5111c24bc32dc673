{#- A view: the publication is the last thing of a build that is known. -#}
{{ config(meta={'has_given_cuts': false}) }}
with publications as (

    select * from {{ ref('kpi_publications') }}

),

numbered as (

    select
        *,
        row_number() over (order by published_at desc) as place,
        count(*) over () as publication_count

    from publications

),

final as (

    select
        cast(published_at as {{ dbt.type_string() }}) as publication_id,
        published_at,
        reporting_date,
        cast(publication_count as bigint) as known_publication_count,
        '{{ var('reporting_currency') }}' as reporting_currency,
        '{{ var('reporting_time_zone') }}' as reporting_time_zone,
        cast({{ var('fiscal_year_start_month') }} as integer) as fiscal_year_start_month,
        '{{ var('week_starts_on') }}' as week_starts_on

    from numbered

    where place = 1

)

select * from final
