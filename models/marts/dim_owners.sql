with owners as (

    select * from {{ ref('stg_owners') }}

),

named as (

    select
        owner_id,
        owner_name,
        team,
        role,
        is_archived,
        count(*) over (partition by owner_name) as namesake_count

    from owners

),

final as (

    select
        owner_id,
        case
            when namesake_count > 1 then owner_name || ' (' || owner_id || ')'
            else owner_name
        end as owner_name,
        team,
        role,
        is_archived

    from named

)

select * from final
