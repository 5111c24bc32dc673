with answers as (

    select
        *,
        100 * (promoter_count - detractor_count) as net_points

    from {{ ref('net_promoter_score_intervals') }}

),

final as (

    {{ kpi_rows(
        'net_promoter_score', none, 'answers', 'net_points', 'response_count',
        is_provisional='is_provisional'
    ) }}

)

select * from final
