with spend as (

    select * from {{ ref('stg_campaign_spend') }}

),

payroll as (

    select
        source_system,
        cast({{ dbt.date_trunc('month', 'payroll_month') }} as date) as month_start,
        {{ 'owner_id' if var('pay_by_rep') else empty_text() }} as owner_id,
        department,
        cast(gross_salary_amount + coalesce(employer_charges_amount, 0) as decimal(18, 2))
            as pay_amount,
        currency

    from {{ ref('stg_payroll') }}

),

owners as (

    select * from {{ ref('stg_owners') }}

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

spend_by_day as (

    select
        spend.source_system,
        spend.spent_on,
        spend.source,
        spend.campaign_id,
        cast(
            sum({{ in_reporting_currency('spend.spend_amount', 'currency_rates') }})
            as decimal(18, 2)
        ) as cost_amount

    from spend

    cross join reporting

    left join currency_rates
        on spend.currency = currency_rates.currency

    where spend.spent_on <= reporting.reporting_date

    group by
        spend.source_system,
        spend.spent_on,
        spend.source,
        spend.campaign_id

),

-- Only owners have a row of their own: the pay of all others is one sum per department. Without
-- `pay_by_rep`, owners have none either.
pay_by_month as (

    select
        payroll.source_system,
        payroll.month_start,
        payroll.department,
        owners.owner_id,
        cast(
            sum({{ in_reporting_currency('payroll.pay_amount', 'currency_rates') }})
            as decimal(18, 2)
        ) as cost_amount

    from payroll

    cross join reporting

    left join owners
        on payroll.owner_id = owners.owner_id

    left join currency_rates
        on payroll.currency = currency_rates.currency

    where payroll.month_start <= reporting.reporting_date

    group by
        payroll.source_system,
        payroll.month_start,
        payroll.department,
        owners.owner_id

),

final as (

    select
        'campaign_spend:' || source_system
        || ':' || cast(spent_on as {{ dbt.type_string() }})
        || ':' || coalesce(source, '')
        || ':' || coalesce(campaign_id, '') as cost_id,
        'campaign_spend' as detail,
        source_system,
        spent_on as cost_date,
        cast({{ dbt.date_trunc('month', 'spent_on') }} as date) as month_start,
        'advertising' as cost_category,
        cast(null as {{ dbt.type_string() }}) as department,
        'marketing' as cost_function,
        true as is_media,
        source,
        campaign_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        cost_amount

    from spend_by_day

    union all

    select
        'payroll:' || pay_by_month.source_system
        || ':' || cast(pay_by_month.month_start as {{ dbt.type_string() }})
        || ':' || coalesce(pay_by_month.department, '')
        || ':' || coalesce(pay_by_month.owner_id, '') as cost_id,
        'payroll' as detail,
        pay_by_month.source_system,
        pay_by_month.month_start as cost_date,
        pay_by_month.month_start,
        'salaries' as cost_category,
        pay_by_month.department,
        coalesce(departments.cost_function, 'general') as cost_function,
        false as is_media,
        cast(null as {{ dbt.type_string() }}) as source,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        pay_by_month.owner_id,
        pay_by_month.cost_amount

    from pay_by_month

    left join departments
        on pay_by_month.department = departments.department

)

select * from final
