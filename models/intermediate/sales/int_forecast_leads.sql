-- By the lifecycle history alone: the stage that a contact has today tells of later days. A contact
-- that skipped the lead stage was a lead on the day of its first entry.
with contacts as (

    select * from {{ ref('stg_contacts') }}

),

survivors as (

    select * from contacts where is_counted

),

history as (

    select * from {{ ref('stg_lifecycle_history') }}

),

lifecycle_stages as (

    select * from {{ ref('lifecycle_stages') }} where funnel_order >= 1

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

months as (

    select * from {{ ref('int_fiscal_months') }}

),

entries as (

    select
        contacts.surviving_contact_id as contact_id,
        lifecycle_stages.funnel_order,
        {{ reporting_day('history.entered_at') }} as entered_date

    from history

    inner join contacts
        on history.contact_id = contacts.contact_id

    inner join lifecycle_stages
        on history.lifecycle_stage = lifecycle_stages.lifecycle_stage

),

dated as (

    select
        entries.contact_id,
        min(entries.entered_date) as lead_date,
        min(case when entries.funnel_order >= 5 then entries.entered_date end) as customer_date

    from entries

    inner join survivors
        on entries.contact_id = survivors.contact_id

    inner join reporting
        on entries.entered_date <= reporting.reporting_date

    group by entries.contact_id

),

final as (

    select
        dated.contact_id,
        dated.lead_date,
        lead_months.fiscal_month_number as lead_month_number,
        customer_months.fiscal_month_number as customer_month_number

    from dated

    inner join months as lead_months
        on {{ month_of('dated', 'lead_date') }} = lead_months.month_start

    left join months as customer_months
        on {{ month_of('dated', 'customer_date') }} = customer_months.month_start

)

select * from final
