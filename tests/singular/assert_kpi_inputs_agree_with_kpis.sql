/*
Claim: the SQL of a KPI reads each table that its default definition needs; where the tables that it
needs have rows, it has figures, or says why there is none, as for a company that burns no money,
has lost nobody yet or is too young; and where all that it reads are empty, it has none.
Why it could break: a table that the catalogue names and no model reads, a model that the walk
through the project leaves out, a KPI that is computed from something that is no input.
Not checked: that it needs no other table, which test_left_out.py shows by leaving each one out.
Money that came in or is owed has no figure either where no invoice says when it was paid, when it
is due, or its tax; nor has contracted ARR where no subscription line names a deal that was won, nor
have reasons of losses, trials and involuntary churn where no source tells of one.
*/
with inputs as (

    select * from {{ ref('kpi_inputs') }}

),

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

defaults as (

    select
        kpi,
        variant,
        inputs

    from {{ ref('kpi_variants') }}

    where is_default

),

figures as (

    select
        defaults.kpi,
        defaults.inputs,
        count(kpi_values.value) as value_count,
        count(
            case
                when kpi_values.value is not null or kpi_values.null_reason != 'no_source' then 1
            end
        ) as answer_count

    from defaults

    inner join kpi_values
        on
            defaults.kpi = kpi_values.kpi
            and defaults.variant = kpi_values.variant

    group by
        defaults.kpi,
        defaults.inputs

),

reporting as (

    select max(reporting_date) as reporting_date

    from {{ ref('dim_periods') }}

),

-- Columns that sources of invoices may leave out.
told as (

    select
        count(case when invoices.paid_date <= reporting.reporting_date then 1 end) as paid_count,
        count(invoices.due_date) as due_count,
        count(invoices.total_amount) as taxed_count

    from {{ ref('fct_invoices') }} as invoices

    cross join reporting

),

signed as (

    select count(signed_date) as signed_count from {{ ref('fct_contract_months') }}

),

reasoned as (

    select count(loss_reason) as reason_count from {{ ref('fct_deals') }}

),

tried as (

    select count(ended_date) as ended_count from {{ ref('fct_trials') }}

),

failed as (

    select count(is_churn_involuntary) as judged_count from {{ ref('fct_mrr_months') }}

),

untold as (

    select 'cash_collected' as kpi

    from told

    where
        paid_count = 0
        or taxed_count = 0

    union all

    select 'days_sales_outstanding' as kpi

    from told

    where
        paid_count = 0
        or taxed_count = 0

    union all

    select 'overdue_receivables' as kpi

    from told

    where
        paid_count = 0
        or due_count = 0
        or taxed_count = 0

    union all

    select 'contracted_arr' as kpi

    from signed

    where signed_count = 0

    union all

    select 'loss_reasons' as kpi

    from reasoned

    where reason_count = 0

    union all

    select 'trial_conversion_rate' as kpi

    from tried

    where ended_count = 0

    union all

    select 'involuntary_churn_rate' as kpi

    from failed

    where judged_count = 0

),

read as (

    select
        kpi,
        count(case when is_needed then 1 end) as needed_count,
        count(case when is_needed and row_count = 0 then 1 end) as empty_needed_count,
        sum(row_count) as row_count

    from inputs

    group by kpi

)

select
    figures.kpi,
    case
        when read.kpi is null then 'reads no input'
        when
            read.needed_count != length(replace(figures.inputs, ' or ', '|'))
            - length(replace(replace(figures.inputs, ' or ', '|'), '|', '')) + 1
            then 'does not read each table that it needs'
        when read.row_count = 0 then 'has figures of no row'
        else 'lacks a source, though all that it needs is there'
    end as finding

from figures

left join read
    on figures.kpi = read.kpi

where
    read.kpi is null
    or read.needed_count != length(replace(figures.inputs, ' or ', '|'))
    - length(replace(replace(figures.inputs, ' or ', '|'), '|', '')) + 1
    or (read.row_count = 0 and figures.value_count > 0)
    or (
        read.empty_needed_count = 0
        and figures.answer_count = 0
        and figures.kpi not in (select untold.kpi from untold)
    )
