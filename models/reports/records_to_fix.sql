{#- A view, so that it follows the publication. -#}
{{ config(meta={'has_given_cuts': false}) }}
with findings as (

    select * from {{ ref('fct_record_findings') }}

),

first_seen as (

    select * from {{ ref('findings_first_seen') }}

),

publications as (

    select max(published_at) as published_at from {{ ref('kpi_publications') }}

),

published as (

    select
        findings.*,
        publications.published_at

    from findings

    cross join publications

),

-- A finding that no publication had before is one of this publication.
dated as (

    select
        published.*,
        coalesce(first_seen.first_seen_at, published.published_at) as first_seen_at,
        {{ reporting_day('coalesce(first_seen.first_seen_at, published.published_at)') }}
            as first_seen_date,
        {{ reporting_day('published.published_at') }} as published_date

    from published

    left join first_seen
        on published.finding_key = first_seen.finding_key

),

final as (

    select
        urgency,
        finding,
        finding_en,
        finding_fr,
        owner_id,
        owner_name,
        team,
        money_amount,
        money_once_amount,
        money_null_reason,
        currency,
        to_do_en,
        to_do_fr,
        record_type,
        record_type_en,
        record_type_fr,
        record_id,
        record_name,
        record_link,
        first_seen_date,
        cast({{ dbt.datediff('first_seen_date', 'published_date', 'day') }} as bigint)
            as open_days,
        source_system,
        table_name,
        column_name,
        rule,
        gate_row_count,
        place,
        finding_key,
        first_seen_at

    from dated

)

select * from final
