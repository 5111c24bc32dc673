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

dated as (

    select
        first_seen.finding_key,
        first_seen.first_seen_at,
        {{ reporting_day('first_seen.first_seen_at') }} as first_seen_date,
        {{ reporting_day('publications.published_at') }} as published_date

    from first_seen

    cross join publications

),

final as (

    select
        findings.urgency,
        findings.finding,
        findings.finding_en,
        findings.finding_fr,
        findings.owner_id,
        findings.owner_name,
        findings.team,
        findings.money_amount,
        findings.money_once_amount,
        findings.money_null_reason,
        findings.currency,
        findings.to_do_en,
        findings.to_do_fr,
        findings.record_type,
        findings.record_type_en,
        findings.record_type_fr,
        findings.record_id,
        findings.record_name,
        findings.record_link,
        dated.first_seen_date,
        cast({{ dbt.datediff('dated.first_seen_date', 'dated.published_date', 'day') }} as bigint)
            as open_days,
        findings.source_system,
        findings.table_name,
        findings.column_name,
        findings.rule,
        findings.gate_row_count,
        findings.place,
        findings.finding_key,
        dated.first_seen_at

    from findings

    inner join dated
        on findings.finding_key = dated.finding_key

)

select * from final
