/*
Claim: every segment of a KPI has its name for people, and no name stands for a segment that no KPI
has, but the remainder that the parts of a change may have.
Why it could break: a cut, a pipeline or a country joined twice, or not at all.
*/
with figures as (

    select distinct
        dimension,
        segment

    from {{ ref('kpi_values') }}

),

segments as (

    select * from {{ ref('dim_segments') }}

),

unnamed as (

    select
        figures.dimension,
        figures.segment,
        'has no name' as fault

    from figures

    left join segments
        on
            figures.dimension = segments.dimension
            and figures.segment = segments.segment

    where segments.segment is null

),

unused as (

    select
        segments.dimension,
        segments.segment,
        'is in no KPI' as fault

    from segments

    left join figures
        on
            segments.dimension = figures.dimension
            and segments.segment = figures.segment

    where
        figures.segment is null
        and segments.segment != '(remainder)'

)

select * from unnamed

union all

select * from unused
