with lines as (

    select * from {{ ref('int_invoice_lines_signed') }}

),

invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- A line that does not say its whole period of service is served on the day of the invoice.
dated as (

    select
        lines.invoice_line_id,
        lines.line_amount,
        invoices.issued_date,
        case
            when lines.service_start_date <= lines.service_end_date then lines.service_start_date
            else invoices.issued_date
        end as first_day,
        case
            when lines.service_start_date <= lines.service_end_date then lines.service_end_date
            else invoices.issued_date
        end as last_day

    from lines

    inner join invoices
        on lines.invoice_id = invoices.invoice_id

),

-- A line is known from its invoice or its first day of service on, whichever is first.
by_month as (

    select
        dated.*,
        months.month_start,
        months.balance_date,
        {{ dbt.datediff('dated.first_day', 'dated.last_day', 'day') }} + 1 as day_count,
        {{ dbt.datediff('dated.first_day', 'months.month_start', 'day') }} as days_before,
        {{ dbt.datediff('dated.first_day', 'months.balance_date', 'day') }} + 1 as days_until

    from dated

    inner join months
        on
            least(dated.issued_date, dated.first_day) <= months.balance_date
            and greatest(dated.issued_date, dated.last_day) >= months.month_start

),

-- Rounded by what is served so far, so that the months of a line add up to it.
served as (

    select
        *,
        case
            when days_before <= 0 then 0
            when days_before >= day_count then line_amount
            else cast({{ ratio('line_amount * days_before', 'day_count') }} as decimal(18, 2))
        end as served_before_amount,
        case
            when days_until <= 0 then 0
            when days_until >= day_count then line_amount
            else cast({{ ratio('line_amount * days_until', 'day_count') }} as decimal(18, 2))
        end as served_amount

    from by_month

),

final as (

    select
        invoice_line_id,
        month_start,
        cast(
            case when issued_date between month_start and balance_date then line_amount else 0 end
            as decimal(18, 2)
        ) as invoiced_amount,
        cast(served_amount - served_before_amount as decimal(18, 2)) as recognised_amount,
        cast(
            case when issued_date <= balance_date then line_amount else 0 end - served_amount
            as decimal(18, 2)
        ) as deferred_amount

    from served

)

select * from final
