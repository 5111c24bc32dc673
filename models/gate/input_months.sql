{#-
    Each input table that has a day, and the column that holds it: the one by which its rows are
    counted. The gate compares the months with those of the published file.
-#}
{%- set days = {
    'companies': 'created_at',
    'contacts': 'created_at',
    'lifecycle_history': 'entered_at',
    'deals': 'created_at',
    'deal_stage_history': 'entered_at',
    'quotes': 'created_at',
    'activities': 'occurred_at',
    'campaigns': 'start_date',
    'web_sessions': 'started_at',
    'subscriptions': 'valid_from',
    'invoices': 'issued_on',
    'invoice_lines': 'period_start',
    'exchange_rates': 'rate_date',
    'trade_show_visits': 'visited_at',
    'campaign_spend': 'spent_on',
    'expense_ledger': 'booked_on',
    'payroll': 'payroll_month',
    'quotas': 'quarter_start',
    'feedback_submissions': 'submitted_at',
    'deal_property_history': 'changed_at',
} -%}
with months as (

    {% for table, column in days.items() -%}
    select
        source_system,
        '{{ table }}' as table_name,
        cast({{ dbt.date_trunc('month', as_day(column)) }} as date) as month_start

    from {{ ref('input_' ~ table) }}
    {% if not loop.last %}
    union all

    {% endif -%}
    {%- endfor %}

),

final as (

    select
        source_system,
        table_name,
        month_start,
        count(*) as row_count

    from months

    -- A day outside the calendar is a typing error, and so may be a cell that is no day at all.
    where
        month_start >= cast('{{ var("calendar_start") }}' as date)
        and month_start < cast('{{ var("calendar_end") }}' as date)

    group by
        source_system,
        table_name,
        month_start

)

select * from final
