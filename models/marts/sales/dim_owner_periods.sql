{#- The days before and after all that is accepted. -#}
{%- set first_day = "cast('" ~ var('calendar_start') ~ "' as date)" -%}
{%- set last_day = "cast('" ~ var('calendar_end') ~ "' as date)" -%}
with owners as (

    select * from {{ ref('dim_owners') }}

),

periods as (

    select
        owner_id,
        valid_from,
        coalesce(cast({{ dbt.dateadd('day', 1, 'valid_to') }} as date), {{ last_day }})
            as valid_until,
        team,
        role,
        manager_id

    from {{ ref('stg_owner_periods') }}

),

followed as (

    select
        *,
        lag(valid_until) over (partition by owner_id order by valid_from asc) as previous_until,
        lead(valid_from) over (partition by owner_id order by valid_from asc) as next_from

    from periods

),

-- On a day of no period today's team and role hold.
gaps as (

    select
        owner_id,
        coalesce(previous_until, {{ first_day }}) as valid_from,
        valid_from as valid_until

    from followed

    where coalesce(previous_until, {{ first_day }}) < valid_from

    union all

    select
        owner_id,
        valid_until as valid_from,
        {{ last_day }} as valid_until

    from followed

    where
        next_from is null
        and valid_until < {{ last_day }}

    union all

    select
        owners.owner_id,
        {{ first_day }} as valid_from,
        {{ last_day }} as valid_until

    from owners

    left join followed
        on owners.owner_id = followed.owner_id

    where followed.owner_id is null

),

spans as (

    select
        owner_id,
        valid_from,
        valid_until,
        team,
        role,
        manager_id

    from periods

    union all

    select
        owner_id,
        valid_from,
        valid_until,
        cast(null as {{ dbt.type_string() }}) as team,
        cast(null as {{ dbt.type_string() }}) as role,
        cast(null as {{ dbt.type_string() }}) as manager_id

    from gaps

),

final as (

    select
        spans.owner_id,
        owners.owner_name,
        spans.valid_from,
        cast({{ dbt.dateadd('day', -1, 'spans.valid_until') }} as date) as valid_to,
        coalesce(spans.team, owners.team) as team,
        coalesce(spans.role, owners.role) as role,
        spans.manager_id,
        managers.owner_name as manager_name

    from spans

    inner join owners
        on spans.owner_id = owners.owner_id

    left join owners as managers
        on spans.manager_id = managers.owner_id

)

select * from final
