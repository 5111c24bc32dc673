with months as (

    select * from {{ ref('int_months') }}

),

accounts as (

    select * from {{ ref('cost_accounts') }}

),

ledger_months as (

    select
        cast({{ dbt.date_trunc('month', 'entries.booked_on') }} as date) as month_start,
        max(case when accounts.cost_category = 'salaries' then 1 else 0 end) = 1 as has_salaries,
        max(case when accounts.is_media then 1 else 0 end) = 1 as has_media

    from {{ ref('stg_expense_ledger') }} as entries

    left join accounts
        on entries.account_code = accounts.account_code

    group by cast({{ dbt.date_trunc('month', 'entries.booked_on') }} as date)

),

payroll_months as (

    select distinct
        cast({{ dbt.date_trunc('month', 'payroll_month') }} as date) as month_start

    from {{ ref('stg_payroll') }}

),

-- One row, even without any spend or ledger.
media as (

    select
        min(cast({{ dbt.date_trunc('month', 'spent_on') }} as date)) as first_month,
        max(cast({{ dbt.date_trunc('month', 'spent_on') }} as date)) as last_month

    from {{ ref('stg_campaign_spend') }}

),

ledger_media as (

    select
        min(month_start) as first_month,
        max(month_start) as last_month

    from ledger_months

    where has_media

),

-- Books are kept month by month: a month without an entry is missing. Advertising pauses, but only
-- later spend tells a pause from a feed that has ended. A ledger without media does not know about
-- media that are paid elsewhere. A ledger with media replaces spend, so that a month that it leaves
-- out would cancel the spend.
covered as (

    select
        months.month_start,
        ledger_months.month_start is not null as has_entries,
        coalesce(ledger_months.has_salaries, false)
        or payroll_months.month_start is not null as has_pay,
        case
            when ledger_months.month_start is not null
                then
                    media.first_month is null
                    or ledger_media.first_month is not null
                    or months.month_start between media.first_month and media.last_month
            when months.month_start between ledger_media.first_month and ledger_media.last_month
                then false
            else
                coalesce(
                    months.month_start between media.first_month and media.last_month, false
                )
        end as is_media_known

    from months

    cross join media

    cross join ledger_media

    left join ledger_months
        on months.month_start = ledger_months.month_start

    left join payroll_months
        on months.month_start = payroll_months.month_start

),

final as (

    select
        month_start,
        has_entries and has_pay and is_media_known as are_books_known,
        is_media_known

    from covered

)

select * from final
