"""The second gate: runs the Great Expectations suites over the inputs."""

from expectations.gate import check_inputs


def model(dbt, session):
    """Return one row per expectation: where, what, how severe, how many rows broke it, which."""
    dbt.config(materialized="table")
    dbt.ref("input_owners")
    dbt.ref("input_companies")
    dbt.ref("input_contacts")
    dbt.ref("input_contact_companies")
    dbt.ref("input_lifecycle_history")
    dbt.ref("input_pipelines")
    dbt.ref("input_deals")
    dbt.ref("input_deal_contacts")
    dbt.ref("input_deal_stage_history")
    dbt.ref("input_quotes")
    dbt.ref("input_activities")
    dbt.ref("input_campaigns")
    dbt.ref("input_web_sessions")
    dbt.ref("input_plans")
    dbt.ref("input_subscriptions")
    dbt.ref("input_invoices")
    dbt.ref("input_invoice_lines")
    dbt.ref("input_exchange_rates")
    dbt.ref("input_trade_show_visits")
    dbt.ref("input_campaign_spend")
    dbt.ref("input_expense_ledger")
    dbt.ref("input_payroll")
    dbt.ref("input_quotas")
    dbt.ref("input_feedback_submissions")
    dbt.ref("input_deal_property_history")
    dbt.ref("channels")
    dbt.ref("cost_accounts")
    dbt.ref("currency_rates")
    dbt.ref("departments")
    dbt.ref("lifecycle_stages")
    return check_inputs(session, dbt.ref("expected_loads").df(), dbt.ref("input_months").df())
