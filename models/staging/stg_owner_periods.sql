with {{ accepted_inputs('owner_periods') }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        {{ as_day('valid_from') }} as valid_from,
        {{ as_last_day('valid_to') }} as valid_to,
        team,
        {{ as_choice('role') }} as role,
        {{ entity_id('manager_id') }} as manager_id

    from accepted

),

-- Many systems end a period where the next one starts: that day is the next one's. A list of first
-- days alone ends none.
followed as (

    select
        *,
        lead(valid_from) over (partition by owner_id order by valid_from asc) as next_valid_from

    from typed

),

final as (

    select
        source_system,
        input_row_id,
        owner_id,
        valid_from,
        case
            when valid_to is null or valid_to = next_valid_from
                then cast({{ dbt.dateadd('day', -1, 'next_valid_from') }} as date)
            else valid_to
        end as valid_to,
        team,
        role,
        manager_id

    from followed

)

select * from final
