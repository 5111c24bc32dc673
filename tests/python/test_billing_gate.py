"""The rules of plans, subscriptions, invoices, their lines and exchange rates, one cell at a time.

Each case changes a good row; the gate then runs once over the cases of a table, and every case must
break the rules that it names and no other.
"""

import re

import duckdb
import gates
import pytest
from conftest import ROOT

from expectations import billing
from expectations.rules import Calendar

CALENDAR = Calendar("1990-01-01", "2060-01-01")
SUITES = {suite.table: suite for suite in billing.suites(CALENDAR)}

GOOD_ROWS = {
    "plans": {
        "plan_name": "Growth monthly",
        "product_family": "platform",
        "billing_interval": "month",
        "interval_count": "1",
        "list_price": "49.00",
        "currency": "EUR",
        "is_active": "true",
    },
    "subscriptions": {
        "subscription_id": "S1",
        "company_id": "c1",
        "deal_id": "d1",
        "plan_id": "growth_m",
        "line_type": "recurring",
        "subscription_status": "active",
        "quantity": "10",
        "unit_price": "49.00",
        "list_unit_price": "49.00",
        "discount_share": "0.1",
        "discount_ends_on": "2024-06-30",
        "currency": "EUR",
        "billing_interval": "month",
        "interval_count": "1",
        "valid_from": "2024-01-01",
        "valid_to": "2024-12-31",
        "trial_ends_on": "2024-01-14",
        "cancel_requested_on": "2024-11-30",
        "paid_until": "2024-12-31",
        "past_due_since": "2024-11-01",
    },
    "invoices": {
        "company_id": "c1",
        "subscription_id": "S1",
        "deal_id": "d1",
        "invoice_type": "invoice",
        "invoice_status": "paid",
        "currency": "EUR",
        "amount_excl_tax": "441.00",
        "tax_amount": "88.20",
        "issued_on": "2024-01-01",
        "due_on": "2024-01-31",
        "paid_on": "2024-01-20",
    },
    "invoice_lines": {
        "invoice_id": "F1",
        "line_id": "S1-1",
        "plan_id": "growth_m",
        "line_type": "recurring",
        "quantity": "10",
        "amount_excl_tax": "441.00",
        "period_start": "2024-01-01",
        "period_end": "2024-01-31",
    },
    "exchange_rates": {"from_currency": "USD", "to_currency": "EUR", "rate": "0.937000"},
}
# Rows of other tables that the cases refer to.
KNOWN = {
    "companies": {"company_id": "c1"},
    "deals": {"deal_id": "d1"},
    "plans": {"plan_id": "growth_m", **GOOD_ROWS["plans"]},
    "invoices": {"invoice_id": "F1", **GOOD_ROWS["invoices"]},
}

A_DAY = "is_a_day_like_2024-01-31"
AN_INTERVAL = "is_one_of_day_week_month_quarter_year"
A_COUNT = "is_a_whole_number_from_1_to_10,000"
A_SHARE = "is_a_number_from_0_to_1"
A_RATE = "is_a_number_from_0_to_1,000,000,000"
ABOVE_0 = "is_at_least_0.000000001"
A_LINE_TYPE = "is_one_of_recurring_one_off_setup_metered"
A_STATUS = "is_one_of_trialing_active_past_due_paused_canceled"
AN_INVOICE_TYPE = "is_one_of_invoice_credit_note"
AN_INVOICE_STATUS = "is_one_of_draft_open_paid_void_uncollectible"
A_CURRENCY = "is_known_in_currency_rates"
GIVEN_IF_RECURRING = "is_filled_where_line_type_is_recurring"
GIVEN_IF_PAST_DUE = "is_filled_where_subscription_status_is_past_due"
ENDS_IF_CANCELED = "end_is_known_where_subscription_status_is_canceled"
NO_END = {"valid_to": None, "paid_until": None, "cancel_requested_on": None}
NO_TYPING_ERROR = "times_quantity_is_at_most_1,000,000,000,000"

# table -> (what is changed, the rules that it breaks: "severity column: rule").
CASES = {
    "plans": [
        ({}, []),
        ({"plan_name": None}, ["warn plan_name: is_filled"]),
        ({"billing_interval": "fortnight"}, [f"blank billing_interval: {AN_INTERVAL}"]),
        ({"billing_interval": None}, []),
        ({"interval_count": "0"}, [f"blank interval_count: {A_COUNT}"]),
        ({"interval_count": "1.5"}, [f"blank interval_count: {A_COUNT}"]),
        ({"interval_count": "10001"}, [f"blank interval_count: {A_COUNT}"]),
        ({"interval_count": "36.0"}, []),
        ({"interval_count": None}, []),
        ({"list_price": "-0.01"}, ["reject list_price: is_a_number_from_0"]),
        ({"list_price": "49,00"}, ["reject list_price: is_a_number_from_0"]),
        ({"list_price": None}, []),
        ({"currency": "XYZ"}, [f"reject currency: {A_CURRENCY}"]),
        ({"currency": None}, []),
        ({"is_active": "yes"}, []),
        ({"is_active": "maybe"}, ["blank is_active: is_true_or_false"]),
        ({"product_family": None}, []),
    ],
    "subscriptions": [
        ({}, []),
        ({"company_id": None}, ["reject company_id: is_filled"]),
        ({"company_id": "gone"}, ["warn company_id: is_known_in_companies"]),
        ({"deal_id": "gone"}, ["warn deal_id: is_known_in_deals"]),
        ({"deal_id": None}, []),
        ({"plan_id": "gone"}, ["warn plan_id: is_known_in_plans"]),
        ({"plan_id": None}, []),
        ({"line_type": "licence"}, [f"reject line_type: {A_LINE_TYPE}"]),
        ({"line_type": "metered"}, []),
        ({"line_type": None}, []),
        ({"subscription_status": None}, ["reject subscription_status: is_filled"]),
        ({"subscription_status": "Cancelled"}, []),
        ({"subscription_status": "dead"}, [f"reject subscription_status: {A_STATUS}"]),
        ({"quantity": None}, ["reject quantity: is_filled"]),
        ({"quantity": "-3"}, ["reject quantity: is_a_number_from_0"]),
        ({"quantity": "ten"}, ["reject quantity: is_a_number_from_0"]),
        ({"quantity": "0"}, []),
        ({"quantity": "2.5"}, []),
        ({"unit_price": None}, ["reject unit_price: is_filled"]),
        ({"unit_price": "49 EUR"}, ["reject unit_price: is_a_number"]),
        ({"unit_price": "-49.00"}, []),
        ({"unit_price": "0", "list_unit_price": "0"}, []),
        ({"list_unit_price": "49 EUR"}, ["reject list_unit_price: is_a_number"]),
        ({"list_unit_price": None}, []),
        ({"unit_price": "100000000000.00"}, []),
        ({"unit_price": "-100000000000.00"}, []),
        ({"unit_price": "100000000000.01"}, [f"reject unit_price: {NO_TYPING_ERROR}"]),
        ({"unit_price": "-100000000000.01"}, [f"reject unit_price: {NO_TYPING_ERROR}"]),
        ({"list_unit_price": "100000000000.01"}, [f"reject list_unit_price: {NO_TYPING_ERROR}"]),
        (
            {"quantity": "1000000000000", "unit_price": "1.01", "list_unit_price": None},
            [f"reject unit_price: {NO_TYPING_ERROR}"],
        ),
        ({"quantity": "1000000000000", "unit_price": "0.5", "list_unit_price": "1"}, []),
        ({"discount_share": "-0.1"}, [f"reject discount_share: {A_SHARE}"]),
        ({"discount_share": "10"}, [f"reject discount_share: {A_SHARE}"]),
        ({"discount_share": "1"}, []),
        ({"discount_share": None}, []),
        ({"currency": None}, ["reject currency: is_filled"]),
        ({"currency": "XYZ"}, [f"reject currency: {A_CURRENCY}"]),
        ({"billing_interval": "fortnight"}, [f"reject billing_interval: {AN_INTERVAL}"]),
        ({"billing_interval": "quarter"}, []),
        ({"billing_interval": None}, [f"reject billing_interval: {GIVEN_IF_RECURRING}"]),
        (
            {"billing_interval": None, "line_type": None},
            [f"reject billing_interval: {GIVEN_IF_RECURRING}"],
        ),
        ({"billing_interval": None, "line_type": "setup"}, []),
        ({"interval_count": "0"}, [f"reject interval_count: {A_COUNT}"]),
        ({"interval_count": "10001"}, [f"reject interval_count: {A_COUNT}"]),
        ({"interval_count": None}, []),
        ({"discount_ends_on": "2024-06-31"}, [f"reject discount_ends_on: {A_DAY}"]),
        ({"valid_from": "2024-02-30"}, [f"reject valid_from: {A_DAY}"]),
        ({"valid_to": "31/12/2024"}, [f"reject valid_to: {A_DAY}"]),
        ({"trial_ends_on": "soon"}, [f"reject trial_ends_on: {A_DAY}"]),
        ({"cancel_requested_on": "1989-12-31"}, [f"reject cancel_requested_on: {A_DAY}"]),
        ({"paid_until": "9999-12-31"}, []),
        ({"paid_until": "1989-12-31"}, [f"reject paid_until: {A_DAY}"]),
        ({"past_due_since": "2024-13-05"}, [f"reject past_due_since: {A_DAY}"]),
        ({"valid_to": "2023-12-31"}, ["reject valid_to: is_not_before_valid_from"]),
        ({"valid_to": "2024-01-01"}, []),
        ({"valid_to": None}, []),
        ({"trial_ends_on": "2023-12-31"}, []),
        ({"subscription_status": "canceled", "paid_until": "2023-12-31"}, []),
        (
            {"subscription_status": "past_due", "past_due_since": None},
            [f"warn past_due_since: {GIVEN_IF_PAST_DUE}"],
        ),
        ({"subscription_status": "active", "past_due_since": None}, []),
        (
            {"subscription_status": "canceled", **NO_END},
            [f"warn paid_until: {ENDS_IF_CANCELED}"],
        ),
        ({"subscription_status": "canceled", **NO_END, "line_type": "setup"}, []),
        ({"subscription_status": "canceled", **NO_END, "valid_to": "2024-05-31"}, []),
        ({"subscription_status": "canceled", **NO_END, "paid_until": "2024-05-31"}, []),
        ({"subscription_status": "canceled", **NO_END, "cancel_requested_on": "2024-05-31"}, []),
        ({"subscription_status": "active", **NO_END}, []),
        ({"subscription_status": "past_due", "past_due_since": "2023-12-01"}, []),
    ],
    "invoices": [
        ({}, []),
        ({"company_id": None}, ["reject company_id: is_filled"]),
        ({"company_id": "gone"}, ["warn company_id: is_known_in_companies"]),
        ({"subscription_id": None, "deal_id": None}, []),
        ({"invoice_type": None}, ["reject invoice_type: is_filled"]),
        ({"invoice_type": "receipt"}, [f"reject invoice_type: {AN_INVOICE_TYPE}"]),
        ({"invoice_status": None}, ["reject invoice_status: is_filled"]),
        ({"invoice_status": "sent"}, [f"reject invoice_status: {AN_INVOICE_STATUS}"]),
        ({"currency": None}, ["reject currency: is_filled"]),
        ({"currency": "XYZ"}, [f"reject currency: {A_CURRENCY}"]),
        ({"amount_excl_tax": None}, ["reject amount_excl_tax: is_filled"]),
        ({"amount_excl_tax": "1e5"}, []),
        ({"amount_excl_tax": "1e15"}, ["reject amount_excl_tax: is_a_number"]),
        ({"amount_excl_tax": "-441.00", "invoice_type": "credit_note"}, []),
        ({"tax_amount": "20 %"}, ["reject tax_amount: is_a_number"]),
        ({"tax_amount": None}, []),
        ({"issued_on": None}, ["reject issued_on: is_filled"]),
        ({"issued_on": "2024-02-30"}, [f"reject issued_on: {A_DAY}"]),
        ({"due_on": "2024-02-30"}, [f"reject due_on: {A_DAY}"]),
        ({"due_on": "2023-12-31"}, ["warn due_on: is_not_before_issued_on"]),
        ({"due_on": "2024-01-01"}, []),
        ({"due_on": None}, []),
        ({"paid_on": "2024-00-01"}, [f"reject paid_on: {A_DAY}"]),
        ({"paid_on": "2023-12-31"}, []),
    ],
    "invoice_lines": [
        ({}, []),
        ({"invoice_id": None}, ["reject invoice_id: is_filled"]),
        ({"invoice_id": "gone"}, ["reject invoice_id: is_known_in_invoices"]),
        ({"plan_id": "gone"}, ["warn plan_id: is_known_in_plans"]),
        ({"plan_id": None, "line_id": None}, []),
        ({"line_type": "discount"}, [f"reject line_type: {A_LINE_TYPE}"]),
        ({"line_type": None}, []),
        ({"quantity": "-1"}, ["blank quantity: is_a_number_from_0"]),
        ({"quantity": None}, []),
        ({"amount_excl_tax": None}, ["reject amount_excl_tax: is_filled"]),
        ({"amount_excl_tax": "free"}, ["reject amount_excl_tax: is_a_number"]),
        ({"amount_excl_tax": "-441.00"}, []),
        ({"period_start": "2024-02-30"}, [f"reject period_start: {A_DAY}"]),
        ({"period_end": "2024-02-30"}, [f"reject period_end: {A_DAY}"]),
        ({"period_end": "2023-12-31"}, ["warn period_end: is_not_before_period_start"]),
        ({"period_end": "2024-01-01"}, []),
        ({"period_start": None, "period_end": None}, []),
    ],
    # A day is its key, so that each case has a day of its own.
    "exchange_rates": [
        ({"rate_date": "2024-01-01"}, []),
        ({"rate_date": "2024-01-02", "rate": None}, ["reject rate: is_filled"]),
        ({"rate_date": "2024-01-03", "rate": "0.000000"}, [f"reject rate: {ABOVE_0}"]),
        ({"rate_date": "2024-01-04", "rate": "0.00000000099"}, [f"reject rate: {ABOVE_0}"]),
        ({"rate_date": "2024-01-05", "rate": "0.000000001"}, []),
        ({"rate_date": "2024-01-13", "rate": "0.00003636363636363636"}, []),
        (
            {"rate_date": "2024-01-06", "rate": "-0.937"},
            [f"reject rate: {A_RATE}", f"reject rate: {ABOVE_0}"],
        ),
        ({"rate_date": "2024-01-07", "rate": "0,937"}, [f"reject rate: {A_RATE}"]),
        ({"rate_date": "2024-01-08", "rate": "1000000000"}, []),
        ({"rate_date": "2024-01-09", "rate": "1000000001"}, [f"reject rate: {A_RATE}"]),
        (
            {"rate_date": "2024-01-10", "from_currency": "XYZ"},
            [f"reject from_currency: {A_CURRENCY}"],
        ),
        ({"rate_date": "2024-01-11", "to_currency": "XYZ"}, [f"reject to_currency: {A_CURRENCY}"]),
        ({"rate_date": "2024-02-30"}, [f"reject rate_date: {A_DAY}"]),
        ({"rate_date": "2024-01-12", "from_currency": "EUR", "to_currency": "USD"}, []),
    ],
}


# -- the gate over the cases -----------------------------------------------------------------------


GATE = gates.Cases(SUITES, GOOD_ROWS, CASES, KNOWN)
broken_rules = GATE.broken_rules


@GATE.each()
def test_a_changed_cell_breaks_its_rules_and_no_other(table, number):
    assert GATE.broken(table, number) == GATE.expected(table, number)


@pytest.mark.parametrize("table", SUITES)
def test_every_rule_is_broken_by_some_case(table):
    # Other rows are needed for an overlap: see below.
    overlaps = {
        rule for rule in GATE.rules(table) if rule.endswith("does_not_overlap_an_earlier_period")
    }
    assert GATE.rules(table) == GATE.seen(table) | overlaps


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("plans", ["plan_id"]),
        ("subscriptions", ["line_id", "valid_from"]),
        ("invoices", ["invoice_id"]),
        ("invoice_lines", ["invoice_line_id"]),
        ("exchange_rates", ["rate_date", "from_currency", "to_currency"]),
    ],
)
def test_a_key_is_given_and_has_one_row(table, key):
    changed = next(column for column in GOOD_ROWS[table] if column not in key)
    good = {column: "2024-01-01" if "date" in column else "k1" for column in key} | GOOD_ROWS[table]
    first, last = key[0], key[-1]
    assert broken_rules(table, [good, good, {**good, first: "2024-01-02"}]) == [
        [],
        [f"reject {first}: row_is_not_a_copy"],
        [],
    ]
    other = {**good, changed: None}
    for rules in broken_rules(table, [good, other]):
        assert f"critical {last}: key_has_one_row" in rules
    for column in key:
        [rules] = broken_rules(table, [{**good, column: None}])
        assert rules == [f"critical {column}: key_is_not_null"]
    assert not SUITES[table].required


# -- periods of one line ---------------------------------------------------------------------------

OVERLAPS = "reject valid_from: does_not_overlap_an_earlier_period"
MEETS = "warn valid_to: ends_before_the_next_valid_from"


def broken_by_periods(*changes):
    good = {"line_id": "S1-1", **GOOD_ROWS["subscriptions"], "valid_to": None}
    return broken_rules("subscriptions", [{**good, **change} for change in changes])


def test_of_two_periods_that_overlap_the_later_one_is_rejected():
    assert broken_by_periods(
        {"valid_from": "2024-06-01"}, {"valid_from": "2024-01-01", "valid_to": "2024-06-02"}
    ) == [[OVERLAPS], []]
    assert broken_by_periods(
        {"valid_from": "2024-06-01"}, {"valid_from": "2024-01-01", "valid_to": "2024-05-31"}
    ) == [[], []]


def test_a_period_that_ends_where_the_next_one_starts_is_kept_and_shown():
    assert broken_by_periods(
        {"valid_from": "2024-06-01", "valid_to": "2024-07-01"},
        {"valid_from": "2024-01-01", "valid_to": "2024-06-01"},
        {"valid_from": "2024-07-01", "valid_to": "9999-12-31"},
    ) == [[MEETS], [MEETS], []]


def test_an_open_end_covers_all_that_is_later():
    assert broken_by_periods(
        {"valid_from": "2024-01-01"},
        {"valid_from": "2025-01-01", "valid_to": "2025-01-31"},
        {"valid_from": "2026-01-01"},
        {"valid_from": "2025-01-01", "line_id": "S1-2"},
    ) == [[], [OVERLAPS], [OVERLAPS], []]


def test_a_row_that_is_no_period_rejects_no_other():
    assert broken_by_periods(
        {"valid_from": "2024-03-01", "valid_to": "2024-02-01"},
        {"valid_from": "0204-01-01"},
        {"valid_from": "2024-01-01", "valid_to": "2024-02-30"},
        {"valid_from": "2024-05-01"},
        {"valid_from": "2024-05-01"},
    ) == [
        ["reject valid_to: is_not_before_valid_from"],
        [f"reject valid_from: {A_DAY}"],
        [f"reject valid_to: {A_DAY}"],
        [],
        ["reject line_id: row_is_not_a_copy"],
    ]


def test_what_follows_an_active_period_needs_no_end_of_its_own():
    canceled = {"subscription_status": "canceled", **NO_END}
    assert broken_by_periods(
        {"valid_from": "2024-01-01", "valid_to": "2024-05-31"},
        {"valid_from": "2024-06-01", **canceled},
        {"valid_from": "2024-01-01", **canceled, "valid_to": "2024-05-31", "line_id": "S1-2"},
        {"valid_from": "2024-06-01", **canceled, "line_id": "S1-2"},
        {"valid_from": "2024-06-02", **canceled, "line_id": "S1-3"},
    ) == [
        [],
        [],
        [],
        [f"warn paid_until: {ENDS_IF_CANCELED}"],
        [f"warn paid_until: {ENDS_IF_CANCELED}"],
    ]


def test_a_rejected_period_covers_no_other():
    assert broken_by_periods(
        {"valid_from": "2025-01-01", "quantity": "abc"}, {"valid_from": "2025-04-01"}
    ) == [["reject quantity: is_a_number_from_0"], []]
    assert broken_by_periods(
        {"valid_from": "2025-01-01", "valid_to": "2025-04-01"},
        {"valid_from": "2025-04-01", "quantity": "abc"},
    ) == [[], ["reject quantity: is_a_number_from_0"]]


def test_a_key_is_the_same_however_its_day_is_written():
    good = {"from_currency": "USD", "to_currency": "EUR", **GOOD_ROWS["exchange_rates"]}
    for other in ("2025-01-31 00:00:00", "20250131", "2025-01-30T23:30:00Z"):
        rows = [{**good, "rate_date": "2025-01-31"}, {**good, "rate_date": other, "rate": "0.5"}]
        for rules in broken_rules("exchange_rates", rows):
            assert rules == ["critical to_currency: key_has_one_row"], other


# -- the demo --------------------------------------------------------------------------------------


def test_of_the_demo_exactly_the_listed_billing_rows_are_rejected(demo_build):
    readme = (ROOT / "generator" / "README.md").read_text(encoding="utf-8")
    [_, section] = readme.split("### To be rejected, billing and cost")
    listed = re.findall(r"^\| (\w+) \| `(.+?)` \| (\w+) \| (?:`(.+?)`|\(empty\)) \|", section, re.M)
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        rejected = con.execute(
            "select table_name, split_part(row_key, ' / ', 1), column_name, "
            "coalesce(rejected_value, '') "
            "from quality.rejected_rows where table_name in (select unnest(?::varchar[]))",
            [list(SUITES)],
        ).fetchall()
    assert sorted(rejected) == sorted(row for row in listed if row[0] in SUITES)
    assert len(rejected) == 5
