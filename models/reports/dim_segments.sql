{#- A table: whoever shows a figure joins it, and it takes a while to look through all KPIs. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with figures as (

    select distinct
        dimension,
        segment

    from {{ ref('kpi_values') }}

),

pipeline_stages as (

    select * from {{ ref('dim_pipeline_stages') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

dimension_labels as (

    select * from {{ ref('dimension_labels') }}

),

segment_labels as (

    select * from {{ ref('segment_labels') }}

),

-- The parts of a change have one segment more: what no segment accounts for.
segments as (

    select
        dimension,
        segment

    from figures

    union

    select
        dimension,
        '(remainder)' as segment

    from figures

    where dimension != 'all'

),

-- Pipelines in use come first; one is archived when all of its stages are.
pipelines as (

    select
        pipeline_name,
        min(case when is_archived then 1 else 0 end) as is_archived,
        row_number() over (
            order by
                min(case when is_archived then 1 else 0 end) asc,
                lower(pipeline_name) asc,
                pipeline_name asc
        ) as place

    from pipeline_stages

    group by pipeline_name

),

ordered_stages as (

    select
        pipeline_stages.stage_name,
        pipeline_stages.pipeline_stage,
        case when pipeline_stages.is_archived then 1 else 0 end as is_archived,
        row_number() over (
            order by
                pipelines.place asc,
                pipeline_stages.stage_order asc nulls last,
                pipeline_stages.pipeline_id asc,
                pipeline_stages.stage_id asc
        ) as place

    from pipeline_stages

    inner join pipelines
        on pipeline_stages.pipeline_name = pipelines.pipeline_name

),

-- What is known of a segment beyond its code. A stage of two pipelines stands where it comes first.
known as (

    select
        dimension,
        segment,
        label_en,
        label_fr,
        place,
        cast(null as boolean) as is_archived

    from segment_labels

    where dimension != 'all'

    union all

    select
        'country' as dimension,
        country as segment,
        name_en as label_en,
        name_fr as label_fr,
        null as place,
        null as is_archived

    from {{ ref('countries') }}

    union all

    select
        'lifecycle_stage' as dimension,
        lifecycle_stage as segment,
        stage_name_en as label_en,
        stage_name_fr as label_fr,
        funnel_order as place,
        null as is_archived

    from {{ ref('lifecycle_stages') }}

    union all

    select
        'pipeline' as dimension,
        pipeline_name as segment,
        pipeline_name as label_en,
        pipeline_name as label_fr,
        place,
        is_archived = 1 as is_archived

    from pipelines

    union all

    select
        'stage' as dimension,
        stage_name as segment,
        stage_name as label_en,
        stage_name as label_fr,
        min(place) as place,
        min(is_archived) = 1 as is_archived

    from ordered_stages

    group by stage_name

    union all

    select
        'pipeline_stage' as dimension,
        pipeline_stage as segment,
        pipeline_stage as label_en,
        pipeline_stage as label_fr,
        min(place) as place,
        min(is_archived) = 1 as is_archived

    from ordered_stages

    group by pipeline_stage

    union all

    select
        'owner' as dimension,
        owner_name as segment,
        owner_name as label_en,
        owner_name as label_fr,
        null as place,
        is_archived

    from owners

),

-- Segments of any dimension, such as `(none)`.
known_anywhere as (

    select * from segment_labels where dimension = 'all'

),

labelled as (

    select
        segments.dimension,
        segments.segment,
        dimension_labels.place as dimension_place,
        known.is_archived,
        coalesce(dimension_labels.label_en, replace(segments.dimension, '_', ' '))
            as dimension_label_en,
        coalesce(dimension_labels.label_fr, replace(segments.dimension, '_', ' '))
            as dimension_label_fr,
        coalesce(known.label_en, known_anywhere.label_en, segments.segment) as label_en,
        coalesce(known.label_fr, known_anywhere.label_fr, segments.segment) as label_fr,
        -- Numbers written as text are in their order if the shorter ones come first.
        case
            when segments.dimension = 'months_since' then length(segments.segment)
            else coalesce(known.place, known_anywhere.place)
        end as place,
        case
            when known_anywhere.segment is not null then 1
            when segments.segment like '(%)' then 1
            else 0
        end as is_rest

    from segments

    left join dimension_labels
        on segments.dimension = dimension_labels.dimension

    left join known
        on
            segments.dimension = known.dimension
            and segments.segment = known.segment

    left join known_anywhere
        on segments.segment = known_anywhere.segment

),

final as (

    select
        dimension,
        segment,
        dimension_label_en,
        dimension_label_fr,
        label_en,
        label_fr,
        cast(row_number() over (
            partition by dimension
            order by
                is_rest asc,
                case when segment = '(remainder)' then 1 else 0 end asc,
                place asc nulls last,
                lower(label_en) asc,
                segment asc
        ) as bigint) as segment_order,
        cast(dense_rank() over (
            order by dimension_place asc nulls last, dimension asc
        ) as bigint) as dimension_order,
        is_archived

    from labelled

)

select * from final
