{#-
    The end: only moments that a system wrote; a close date typed far ahead must not move the
    report. The beginning: close dates too, for deals that were won in an older system carry the day
    of their import as their creation, and would else lie before the first period.
-#}
{%- set moments = {
    'stg_contacts': ['created_at'],
    'stg_companies': ['created_at'],
    'stg_lifecycle_history': ['entered_at'],
    'stg_deals': ['created_at'],
    'stg_deal_stage_history': ['entered_at'],
    'stg_quotes': ['created_at', 'sent_at'],
    'stg_activities': ['occurred_at'],
    'stg_web_sessions': ['started_at'],
    'stg_trade_show_visits': ['visited_at'],
    'stg_feedback_submissions': ['submitted_at'],
    'stg_deal_property_history': ['changed_at'],
} -%}
with bounds as (

    {% for model_name, columns in moments.items() -%}
    {%- set last_model = loop.last -%}
    {%- for column in columns %}
    select
        min({{ column }}) as first_moment,
        max({{ column }}) as last_moment

    from {{ ref(model_name) }}
    {% if not (loop.last and last_model) %}
    union all
    {% endif -%}
    {%- endfor -%}
    {%- endfor %}

),

moment_days as (

    select
        {{ reporting_day('min(first_moment)') }} as first_moment_date,
        {{ reporting_day('max(last_moment)') }} as last_date

    from bounds

),

sources_with_history as (

    select distinct source_system from {{ ref('stg_deal_stage_history') }}

),

-- Where a source keeps no stage history, the close dates of closed deals are all that is known of
-- when it ends: without them its last wins would lie after the report.
closings as (

    select
        min(deals.close_date) as first_close_date,
        max(
            case
                when pipelines.is_closed and sources_with_history.source_system is null
                    then deals.close_date
            end
        ) as last_close_date

    from {{ ref('stg_deals') }} as deals

    left join {{ ref('stg_pipelines') }} as pipelines
        on
            deals.pipeline_id = pipelines.pipeline_id
            and deals.stage_id = pipelines.stage_id

    left join sources_with_history
        on deals.source_system = sources_with_history.source_system

),

-- Invoices may be dated ahead, subscriptions signed for next year and costs planned: their days say
-- where the calendar begins, but where it ends only if no system wrote a moment.
billing_bounds as (

    select
        min(valid_from) as first_day,
        cast(null as date) as last_issued_date,
        max(valid_from) as last_valid_from

    from {{ ref('stg_subscriptions') }}

    union all

    select
        min(issued_on) as first_day,
        max(case when invoice_status not in ('draft', 'void') then issued_on end)
            as last_issued_date,
        cast(null as date) as last_valid_from

    from {{ ref('stg_invoices') }}

),

cost_bounds as (

    select
        min(booked_on) as first_day,
        max(booked_on) as last_day

    from {{ ref('stg_expense_ledger') }}

    union all

    select
        min(payroll_month) as first_day,
        max(payroll_month) as last_day

    from {{ ref('stg_payroll') }}

    union all

    select
        min(spent_on) as first_day,
        max(spent_on) as last_day

    from {{ ref('stg_campaign_spend') }}

),

costs as (

    select
        min(first_day) as first_cost_date,
        max(last_day) as last_cost_date

    from cost_bounds

),

billing as (

    select
        min(first_day) as first_billing_date,
        max(last_issued_date) as last_issued_date,
        max(last_valid_from) as last_valid_from

    from billing_bounds

),

days as (

    select
        least(
            moment_days.first_moment_date,
            closings.first_close_date,
            billing.first_billing_date,
            costs.first_cost_date
        ) as first_date,
        coalesce(
            greatest(moment_days.last_date, closings.last_close_date),
            billing.last_issued_date,
            billing.last_valid_from,
            costs.last_cost_date
        ) as last_date

    from moment_days

    cross join closings

    cross join billing

    cross join costs

),

final as (

    select
        first_date,
        {% if var('reporting_date') -%}
        cast('{{ var("reporting_date") }}' as date) as reporting_date
        {%- else -%}
        last_date as reporting_date
        {%- endif %}

    from days

)

select * from final
