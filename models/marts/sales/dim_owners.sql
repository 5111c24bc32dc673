with owners as (

    select * from {{ ref('stg_owners') }}

),

{#- Payroll and the ledger name people who own nothing in the CRM: they are no owners. #}
{{ unlisted_ids(
    'unlisted',
    'owner_id',
    [
        'stg_contacts', 'stg_companies', 'stg_deals', 'stg_activities', 'stg_quotas',
        'stg_trade_show_visits', 'stg_deal_property_history', 'stg_owner_periods',
        'stg_submitted_forecasts',
    ],
    'owners',
) }},

named as (

    select
        owner_id,
        owner_name,
        team,
        role,
        {{ reporting_day('created_at') }} as created_date,
        is_archived,
        count(*) over (partition by owner_name) as namesake_count

    from owners

),

-- An owner whose record was deleted, or whom no table lists, is shown by the id, which often is the
-- name.
final as (

    select
        owner_id,
        coalesce(
            case
                when namesake_count > 1 then owner_name || ' (' || owner_id || ')'
                else owner_name
            end,
            {{ given_id('owner_id') }}
        ) as owner_name,
        team,
        role,
        created_date,
        is_archived,
        true as is_listed

    from named

    union all

    select
        owner_id,
        {{ given_id('owner_id') }} as owner_name,
        cast(null as {{ dbt.type_string() }}) as team,
        cast(null as {{ dbt.type_string() }}) as role,
        cast(null as date) as created_date,
        cast(null as boolean) as is_archived,
        false as is_listed

    from unlisted

)

select * from final
