{#-
    The details of a source system that keeps a ledger are those of its ledger; of one that keeps
    none (an advertising or payroll tool) those of the first ledger that has such accounts, so that
    the total is right whichever it is. From the first to the last month with entries on such
    accounts the ledger is taken to be complete; before, after, or where there are no such entries,
    the details are not in it. Spend, which names no department, has that of the entries if they
    name but one.
-#}
with ledger as (

    select * from {{ ref('int_ledger_pay_summed') }}

),

details as (

    select * from {{ ref('int_cost_details') }}

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

final as (

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

)

select * from final
