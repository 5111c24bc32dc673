with channels as (

    select * from {{ ref('channels') }}

),

-- A channel that only some of its sources make marketing's is not: credit is not given in doubt.
final as (

    select
        channel,
        min(case when is_marketing then 1 else 0 end) = 1 as is_marketing

    from channels

    group by channel

)

select * from final
