"""The raw tables: file names, columns in order, and the type each column has as Parquet."""

from __future__ import annotations

Batch = dict[str, list[tuple[str, ...]]]
"""Rows by table, each row in the column order of `TABLES`, every value as text."""

TABLES: dict[str, str] = {
    "owners": "id email first_name last_name team role created_at:timestamp archived:boolean",
    "owner_periods": "owner_id valid_from:date valid_to:date team role manager_id",
    "companies": (
        "hs_object_id name domain industry country numberofemployees:bigint hubspot_owner_id"
        " parent_company_id createdate:timestamp archived:boolean merged_into_id"
    ),
    "contacts": (
        "hs_object_id email firstname lastname jobtitle country hubspot_owner_id lifecyclestage"
        " hubspotscore:bigint hs_analytics_source hs_campaign_id createdate:timestamp"
        " archived:boolean merged_into_id"
    ),
    "contact_companies": "contact_id company_id is_primary:boolean",
    "lifecycle_history": "contact_id lifecyclestage entered_at:timestamp",
    "pipelines": (
        "pipeline_id pipeline_label stage_id stage_label display_order:bigint"
        " probability:decimal(5,4) is_closed:boolean is_won:boolean archived:boolean"
    ),
    "deals": (
        "hs_object_id dealname pipeline dealstage amount:decimal(18,2) deal_currency_code"
        " hubspot_owner_id associatedcompanyid plan dealtype hs_manual_forecast_category"
        " closed_lost_reason"
        " createdate:timestamp closedate:date archived:boolean merged_into_id"
    ),
    "deal_contacts": "deal_id contact_id is_primary:boolean",
    "deal_stage_history": "deal_id dealstage entered_at:timestamp",
    "deal_property_history": "deal_id property value changed_at:timestamp",
    "quotes": (
        "hs_object_id deal_id hs_status hs_quote_amount:decimal(18,2) hs_currency"
        " createdate:timestamp sent_at:timestamp hs_expiration_date:date"
    ),
    "activities": (
        "hs_object_id activity_type contact_id deal_id hubspot_owner_id hs_timestamp:timestamp"
        " is_automated:boolean"
    ),
    "campaigns": (
        "campaign_id campaign_name channel_source start_date:date end_date:date"
        " budget_amount:decimal(18,2) currency"
    ),
    "feedback_submissions": (
        "hs_object_id contact_id survey_type response_score:bigint submitted_at:timestamp"
    ),
    "campaign_spend": "spend_date:date campaign_id channel_source amount:decimal(18,2) currency",
    "web_sessions": (
        "session_id visitor_id contact_id started_at:timestamp duration_seconds:bigint"
        " page_views:bigint source campaign_id landing_page hostname user_agent_type"
    ),
    "trade_show_visits": (
        "visit_id campaign_id visited_at:timestamp badge_id contact_id hubspot_owner_id"
    ),
    "plans": (
        "plan_id plan_name product_family billing_interval interval_count:bigint"
        " list_price:decimal(18,2) currency is_active:boolean"
    ),
    "subscriptions": (
        "subscription_id line_id company_id deal_id plan_id line_type status quantity:bigint"
        " unit_price:decimal(18,2) list_unit_price:decimal(18,2) discount_share:decimal(7,4)"
        " discount_ends_on:date currency billing_interval interval_count:bigint valid_from:date"
        " valid_to:date trial_ends_on:date cancel_requested_on:date paid_until:date"
        " past_due_since:date cancellation_reason"
    ),
    "invoices": (
        "invoice_id company_id subscription_id deal_id invoice_type status currency"
        " amount_excl_tax:decimal(18,2) tax_amount:decimal(18,2) issued_on:date due_on:date"
        " paid_on:date"
    ),
    "invoice_lines": (
        "invoice_line_id invoice_id line_id plan_id line_type quantity:bigint"
        " amount_excl_tax:decimal(18,2) period_start:date period_end:date"
    ),
    "expense_ledger": (
        "entry_id booked_on:date account_code account_label department supplier"
        " amount:decimal(18,2) currency campaign_id owner_id"
    ),
    "payroll": (
        "payroll_month:date employee_id owner_id department gross_salary:decimal(18,2)"
        " employer_charges:decimal(18,2) currency"
    ),
    "quotas": "owner_id quarter_start:date quota_amount:decimal(18,2) currency",
    "submitted_forecasts": (
        "owner_id submitted_on:date forecast_month:date forecast_amount:decimal(18,2) currency"
        " category"
    ),
    "exchange_rates": "rate_date:date from_currency to_currency rate:decimal(18,6)",
}
"""Columns by table, as `name` (text) or `name:type` (the type Parquet files give it)."""


def columns(table: str) -> dict[str, str]:
    """Return the columns of a table in order, each with its SQL type."""
    pairs = (item.partition(":") for item in TABLES[table].split())
    return {name: kind or "varchar" for name, _, kind in pairs}


def row(table: str, **values: str) -> tuple[str, ...]:
    """Return one row by column names; columns left out are empty, unknown ones raise KeyError."""
    names = columns(table)
    unknown = values.keys() - names.keys()
    if unknown:
        raise KeyError(f"{table} has no column {sorted(unknown)}")
    return tuple(values.get(name, "") for name in names)
