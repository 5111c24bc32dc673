{#-
    Costs present in both ledger and details count once: details stand for the entries of their
    ledger and month.
-#}
with ledger as (

    select * from {{ ref('int_ledger_pay_summed') }}

),

details as (

    select * from {{ ref('int_cost_details_placed') }}

),

compared as (

    select * from {{ ref('int_ledger_months_compared') }}

),

departments as (

    select * from {{ ref('departments') }}

),

detailed_months as (

    select distinct
        ledger_system,
        detail,
        month_start

    from compared

),

final as (

    select
        ledger.cost_id,
        ledger.cost_date,
        'ledger' as cost_source,
        true as is_in_ledger,
        ledger.account_code,
        ledger.cost_category,
        ledger.department,
        ledger.cost_function,
        ledger.is_media,
        cast(null as {{ dbt.type_string() }}) as source,
        ledger.campaign_id,
        ledger.owner_id,
        ledger.cost_amount

    from ledger

    left join detailed_months
        on
            ledger.source_system = detailed_months.ledger_system
            and ledger.detailed_by = detailed_months.detail
            and ledger.month_start = detailed_months.month_start

    where detailed_months.ledger_system is null

    union all

    select
        cost_id,
        cost_date,
        detail as cost_source,
        is_in_ledger,
        cast(null as {{ dbt.type_string() }}) as account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        source,
        campaign_id,
        owner_id,
        cost_amount

    from details

    union all

    select
        'difference:' || compared.detail
        || ':' || compared.ledger_system
        || ':' || cast(compared.month_start as {{ dbt.type_string() }})
        || ':' || coalesce(compared.department, '') as cost_id,
        compared.month_start as cost_date,
        'difference' as cost_source,
        true as is_in_ledger,
        cast(null as {{ dbt.type_string() }}) as account_code,
        case compared.detail when 'payroll' then 'salaries' else 'advertising' end
            as cost_category,
        compared.department,
        case
            when compared.detail = 'payroll' then coalesce(departments.cost_function, 'general')
            else 'marketing'
        end as cost_function,
        compared.detail = 'campaign_spend' as is_media,
        cast(null as {{ dbt.type_string() }}) as source,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        compared.difference_amount as cost_amount

    from compared

    left join departments
        on compared.department = departments.department

    where compared.difference_amount != 0

)

select * from final
