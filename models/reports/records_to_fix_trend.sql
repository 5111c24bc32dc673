{#- A view, so that it follows the publication. -#}
{{ config(meta={'has_given_cuts': false}) }}
with findings as (

    select * from {{ ref('findings_by_publication') }}

),

publications as (

    select * from {{ ref('kpi_publications') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

first_findings as (

    select min(published_at) as published_at from findings

),

-- Before the first publication with findings nobody looked for them.
looked_at as (

    select publications.published_at

    from publications

    cross join first_findings

    where publications.published_at >= first_findings.published_at

),

owners_found as (

    select distinct owner_id from findings

),

grid as (

    select
        looked_at.published_at,
        owners_found.owner_id

    from looked_at

    cross join owners_found

),

summed as (

    select
        published_at,
        owner_id,
        sum(finding_count) as finding_count,
        sum(money_once_amount) as money_amount,
        sum(unknown_money_count) as unknown_money_count

    from findings

    group by
        published_at,
        owner_id

),

-- An owner without a row had nothing to do then. Money that nobody knows at all is not 0.
filled as (

    select
        grid.published_at,
        grid.owner_id,
        coalesce(summed.finding_count, 0) as finding_count,
        case when summed.owner_id is null then 0 else summed.money_amount end as money_amount,
        coalesce(summed.unknown_money_count, 0) as unknown_money_count

    from grid

    left join summed
        on
            grid.published_at = summed.published_at
            and grid.owner_id = summed.owner_id

),

followed as (

    select
        *,
        lag(finding_count) over (partition by owner_id order by published_at) as count_before,
        lag(money_amount) over (partition by owner_id order by published_at) as amount_before

    from filled

),

final as (

    select
        followed.published_at,
        {{ reporting_day('followed.published_at') }} as published_date,
        followed.owner_id,
        coalesce(owners.owner_name, {{ given_id('followed.owner_id') }}) as owner_name,
        coalesce(owners.team, '(none)') as team,
        cast(followed.finding_count as bigint) as finding_count,
        cast(followed.finding_count - followed.count_before as bigint) as finding_count_change,
        cast(followed.money_amount as decimal(28, 8)) as money_amount,
        cast(followed.money_amount - followed.amount_before as decimal(28, 8))
            as money_change_amount,
        cast(followed.unknown_money_count as bigint) as unknown_money_count

    from followed

    left join owners
        on followed.owner_id = owners.owner_id

)

select * from final
