{#- Without `pay_by_rep` pay is summed as payroll is: a ledger may book salaries one by one. -#}
with entries as (

    select
        *,
        {{ 'false' if var('pay_by_rep') else 'is_pay' }} as is_summed

    from {{ ref('int_ledger_entries_classified') }}

),

single_entries as (

    select
        'ledger:' || entry_id as cost_id,
        source_system,
        cost_date,
        month_start,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        detailed_by,
        campaign_id,
        owner_id,
        cost_amount

    from entries

    where not is_summed

),

summed_pay as (

    select
        'ledger:' || source_system
        || ':' || cast(month_start as {{ dbt.type_string() }})
        || ':' || account_code
        || ':' || coalesce(department, '') as cost_id,
        source_system,
        month_start as cost_date,
        month_start,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        detailed_by,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        cast(sum(cost_amount) as decimal(18, 2)) as cost_amount

    from entries

    where is_summed

    group by
        source_system,
        month_start,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        detailed_by

),

final as (

    select * from single_entries

    union all

    select * from summed_pay

)

select * from final
