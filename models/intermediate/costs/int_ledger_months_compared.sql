with ledger as (

    select * from {{ ref('int_ledger_pay_summed') }}

),

details as (

    select * from {{ ref('int_cost_details_placed') }} where is_in_ledger

),

detailed_months as (

    select distinct
        ledger_system,
        detail,
        month_start

    from details

),

sides as (

    select
        detailed_months.ledger_system,
        detailed_months.detail,
        detailed_months.month_start,
        ledger.department,
        ledger.cost_amount as ledger_amount,
        0 as detail_amount

    from ledger

    inner join detailed_months
        on
            ledger.source_system = detailed_months.ledger_system
            and ledger.detailed_by = detailed_months.detail
            and ledger.month_start = detailed_months.month_start

    union all

    select
        ledger_system,
        detail,
        month_start,
        department,
        0 as ledger_amount,
        cost_amount as detail_amount

    from details

),

-- Where both sides name the department of all costs of a month, the ledger is right about each one.
sides_by_department as (

    select
        ledger_system,
        detail,
        month_start,
        ledger_amount,
        detail_amount,
        case
            when
                max(case when department is null then 1 else 0 end) over (
                    partition by ledger_system, detail, month_start
                ) = 0
                then department
        end as department

    from sides

),

final as (

    select
        ledger_system,
        detail,
        month_start,
        department,
        cast(sum(ledger_amount) as decimal(18, 2)) as ledger_amount,
        cast(sum(detail_amount) as decimal(18, 2)) as detail_amount,
        cast(sum(ledger_amount - detail_amount) as decimal(18, 2)) as difference_amount

    from sides_by_department

    group by
        ledger_system,
        detail,
        month_start,
        department

)

select * from final
