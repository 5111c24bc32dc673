{#-
    Costs present in both ledger and details count once. The details of a source system that keeps a
    ledger are those of its ledger; of one that keeps none (an advertising or payroll tool) those of
    the first ledger that has such accounts, so that the total is right whichever it is. From the
    first to the last month with entries on such accounts the ledger is taken to be complete:
    details stand for its entries, and what they leave open is a difference; spend, which names no
    department, has that of the entries if they name but one. Before, after, or where there are no
    such entries, the details are not in the ledger and are costs beside it. Without `pay_by_rep`
    salaries that are entries are summed, as payroll is: a ledger may book them one by one.
-#}
with entries as (

    select * from {{ ref('stg_expense_ledger') }}

),

details as (

    select * from {{ ref('int_cost_details') }}

),

accounts as (

    select * from {{ ref('cost_accounts') }}

),

departments as (

    select * from {{ ref('departments') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

ledger as (

    select
        'ledger:' || entries.entry_id as cost_id,
        entries.source_system,
        entries.booked_on,
        cast({{ dbt.date_trunc('month', 'entries.booked_on') }} as date) as month_start,
        entries.account_code,
        accounts.cost_category,
        entries.department,
        coalesce(accounts.cost_function, departments.cost_function, 'general') as cost_function,
        coalesce(accounts.is_media, false) as is_media,
        accounts.detailed_by,
        {% if var('pay_by_rep') -%}
        false
        {%- else -%}
        coalesce(accounts.cost_category = 'salaries' or accounts.detailed_by = 'payroll', false)
        {%- endif %} as is_summed,
        entries.campaign_id,
        entries.owner_id,
        {{ in_reporting_currency('entries.entry_amount', 'currency_rates') }} as cost_amount

    from entries

    cross join reporting

    left join accounts
        on entries.account_code = accounts.account_code

    left join departments
        on entries.department = departments.department

    left join currency_rates
        on entries.currency = currency_rates.currency

    where entries.booked_on <= reporting.reporting_date

),

ledger_systems as (

    select distinct source_system from ledger

),

ledger_spans as (

    select
        source_system as ledger_system,
        detailed_by as detail,
        min(month_start) as first_month,
        max(month_start) as last_month,
        case when min(department) = max(department) then min(department) end as department

    from ledger

    where detailed_by is not null

    group by
        source_system,
        detailed_by

),

first_ledgers as (

    select
        detail,
        min(ledger_system) as ledger_system

    from ledger_spans

    group by detail

),

placed_details as (

    select
        details.cost_id,
        details.detail,
        details.cost_date,
        details.month_start,
        details.cost_category,
        coalesce(details.department, ledger_spans.department) as department,
        details.cost_function,
        details.is_media,
        details.source,
        details.campaign_id,
        details.owner_id,
        details.cost_amount,
        ledger_spans.ledger_system,
        ledger_spans.ledger_system is not null as is_in_ledger

    from details

    left join ledger_systems
        on details.source_system = ledger_systems.source_system

    left join first_ledgers
        on details.detail = first_ledgers.detail

    left join ledger_spans
        on
            details.detail = ledger_spans.detail
            and coalesce(ledger_systems.source_system, first_ledgers.ledger_system)
            = ledger_spans.ledger_system
            and details.month_start >= ledger_spans.first_month
            and details.month_start <= ledger_spans.last_month

),

detailed_months as (

    select distinct
        ledger_system,
        detail,
        month_start

    from placed_details

    where is_in_ledger

),

placed_entries as (

    select
        ledger.*,
        detailed_months.month_start is not null as is_detailed

    from ledger

    left join detailed_months
        on
            ledger.source_system = detailed_months.ledger_system
            and ledger.detailed_by = detailed_months.detail
            and ledger.month_start = detailed_months.month_start

),

kept_entries as (

    select
        cost_id,
        booked_on,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        campaign_id,
        owner_id,
        cost_amount

    from placed_entries

    where
        not is_detailed
        and not is_summed

    union all

    select
        'ledger:' || source_system
        || ':' || cast(month_start as {{ dbt.type_string() }})
        || ':' || account_code
        || ':' || coalesce(department, '') as cost_id,
        month_start as booked_on,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        cast(sum(cost_amount) as decimal(18, 2)) as cost_amount

    from placed_entries

    where
        not is_detailed
        and is_summed

    group by
        source_system,
        month_start,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media

),

-- Where both sides name the department of all costs of a month, the ledger is right about each one.
sides as (

    select
        source_system as ledger_system,
        detailed_by as detail,
        month_start,
        department,
        cost_amount

    from placed_entries

    where is_detailed

    union all

    select
        ledger_system,
        detail,
        month_start,
        department,
        -1 * cost_amount as cost_amount

    from placed_details

    where is_in_ledger

),

sides_by_department as (

    select
        ledger_system,
        detail,
        month_start,
        cost_amount,
        case
            when
                max(case when department is null then 1 else 0 end) over (
                    partition by ledger_system, detail, month_start
                ) = 0
                then department
        end as department

    from sides

),

differences as (

    select
        ledger_system,
        detail,
        month_start,
        department,
        cast(sum(cost_amount) as decimal(18, 2)) as cost_amount

    from sides_by_department

    group by
        ledger_system,
        detail,
        month_start,
        department

    having sum(cost_amount) != 0

),

final as (

    select
        cost_id,
        booked_on as cost_date,
        'ledger' as cost_source,
        true as is_in_ledger,
        account_code,
        cost_category,
        department,
        cost_function,
        is_media,
        cast(null as {{ dbt.type_string() }}) as source,
        campaign_id,
        owner_id,
        cost_amount

    from kept_entries

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

    from placed_details

    union all

    select
        'difference:' || differences.detail
        || ':' || differences.ledger_system
        || ':' || cast(differences.month_start as {{ dbt.type_string() }})
        || ':' || coalesce(differences.department, '') as cost_id,
        differences.month_start as cost_date,
        'difference' as cost_source,
        true as is_in_ledger,
        cast(null as {{ dbt.type_string() }}) as account_code,
        case differences.detail when 'payroll' then 'salaries' else 'advertising' end
            as cost_category,
        differences.department,
        case
            when differences.detail = 'payroll'
                then coalesce(departments.cost_function, 'general')
            else 'marketing'
        end as cost_function,
        differences.detail = 'campaign_spend' as is_media,
        cast(null as {{ dbt.type_string() }}) as source,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        differences.cost_amount

    from differences

    left join departments
        on differences.department = departments.department

)

select * from final
