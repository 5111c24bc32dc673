with receivables as (

    select * from {{ ref('agg_receivables') }}

),

payments as (

    select * from {{ ref('agg_invoice_payments') }}

),

{{ measured_together(
    'outstanding', 'receivables', ['receivable_amount', 'receivable_total_amount'],
    'payments', ['billed_amount', 'billed_total_amount']
) }},

-- The days of the running period up to the report.
counted as (

    select
        *,
        {{ dbt.datediff('period_start', 'least(period_end, reporting_date)', 'day') }} + 1
            as period_days

    from outstanding

),

multiplied as (

    select
        *,
        receivable_amount * period_days as receivable_amount_days,
        receivable_total_amount * period_days as receivable_total_amount_days

    from counted

),

-- Where more was credited than billed there is nothing to measure the balance by.
divided as (

    select
        *,
        case
            when billed_amount > 0 then {{ ratio('receivable_amount_days', 'billed_amount') }}
        end as outstanding_days,
        case
            when billed_total_amount > 0
                then {{ ratio('receivable_total_amount_days', 'billed_total_amount') }}
        end as outstanding_days_incl_tax

    from multiplied

),

final as (

    {{ kpi_rows(
        'days_sales_outstanding', 'incl_tax', 'divided', 'receivable_total_amount_days',
        'billed_total_amount', value='outstanding_days_incl_tax',
        null_reason="case when receivable_total_amount is null then 'no_source' "
        ~ "when billed_total_amount < 0 then 'too_few' end"
    ) }}

    union all

    {{ kpi_rows(
        'days_sales_outstanding', 'excl_tax', 'divided', 'receivable_amount_days',
        'billed_amount', value='outstanding_days',
        null_reason="case when receivable_amount is null then 'no_source' "
        ~ "when billed_amount < 0 then 'too_few' end"
    ) }}

)

select * from final
