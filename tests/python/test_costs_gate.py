"""The rules of the expense ledger, of payroll and of campaign spend.

First one cell at a time: each case changes a good row, and must break the rules that it names and
no other. Then one real build: a cost that would be in no figure stops it.
"""

import gates
import pytest

from expectations import costs, marketing
from expectations.rules import Calendar

CALENDAR = Calendar("1990-01-01", "2060-01-01")
SUITES = {
    suite.table: suite
    for suite in [*costs.suites(CALENDAR), *marketing.suites(CALENDAR)]
    if suite.table in ("expense_ledger", "payroll", "campaign_spend")
}

# Each case has a key of its own: this column counts.
COUNTED = {
    "expense_ledger": "entry_id",
    "payroll": "employee_id",
    # It has no key: the cases differ by what they cost.
    "campaign_spend": "spend_amount",
}
GOOD_ROWS = {
    "expense_ledger": {
        "booked_on": "2024-01-31",
        "account_code": "618100",
        "account_name": "Software tools",
        "department": "Sales",
        "supplier": "A supplier",
        "entry_amount": "120.00",
        "currency": "EUR",
        "campaign_id": "c1",
        "owner_id": "o1",
    },
    "payroll": {
        "payroll_month": "2024-01-01",
        "owner_id": "o1",
        "department": "Sales",
        "gross_salary_amount": "3000.00",
        "employer_charges_amount": "1260.00",
        "currency": "EUR",
    },
    "campaign_spend": {
        "spent_on": "2024-01-31",
        "campaign_id": "c1",
        "source": "PAID_SEARCH",
        "currency": "EUR",
    },
}
# Rows of other tables that the cases refer to.
KNOWN = {"campaigns": {"campaign_id": "c1"}, "owners": {"owner_id": "o1"}}

A_DAY = "is_a_day_like_2024-01-31"
A_CURRENCY = "is_known_in_currency_rates"
AN_ACCOUNT = "is_known_in_cost_accounts"
A_DEPARTMENT = "is_known_in_departments"

# table -> (what is changed, the rules that it breaks: "severity column: rule").
CASES = {
    "expense_ledger": [
        ({}, []),
        ({"account_code": "999999"}, [f"critical account_code: {AN_ACCOUNT}"]),
        ({"account_code": None}, ["critical account_code: is_filled"]),
        ({"department": "Moon"}, [f"critical department: {A_DEPARTMENT}"]),
        (
            {"department": None},
            ["critical department: is_filled_where_the_account_has_no_function"],
        ),
        ({"department": None, "account_code": "613200"}, []),
        ({"booked_on": "2024-13-05"}, [f"reject booked_on: {A_DAY}"]),
        ({"booked_on": "31/01/2024"}, [f"reject booked_on: {A_DAY}"]),
        ({"booked_on": None}, ["reject booked_on: is_filled"]),
        ({"entry_amount": None}, ["reject entry_amount: is_filled"]),
        ({"entry_amount": "120,00"}, ["reject entry_amount: is_a_number"]),
        ({"entry_amount": "-120.00"}, []),
        ({"entry_amount": "0"}, []),
        ({"currency": "XYZ"}, [f"reject currency: {A_CURRENCY}"]),
        ({"currency": None}, ["reject currency: is_filled"]),
        ({"currency": "USD"}, []),
        ({"campaign_id": "gone"}, ["warn campaign_id: is_known_in_campaigns"]),
        ({"campaign_id": None}, []),
        ({"owner_id": "gone"}, ["warn owner_id: is_known_in_owners"]),
        ({"owner_id": None, "account_name": None, "supplier": None}, []),
    ],
    "payroll": [
        ({}, []),
        ({"department": "Moon"}, [f"critical department: {A_DEPARTMENT}"]),
        ({"payroll_month": "2024-01"}, [f"reject payroll_month: {A_DAY}"]),
        ({"payroll_month": "2024-01-31"}, []),
        ({"gross_salary_amount": None}, ["reject gross_salary_amount: is_filled"]),
        (
            {"gross_salary_amount": "-3000.00"},
            ["reject gross_salary_amount: is_a_number_from_0"],
        ),
        ({"gross_salary_amount": "0"}, []),
        (
            {"employer_charges_amount": "42 %"},
            ["reject employer_charges_amount: is_a_number_from_0"],
        ),
        ({"employer_charges_amount": None}, []),
        ({"currency": "XYZ"}, [f"reject currency: {A_CURRENCY}"]),
        ({"currency": None}, ["reject currency: is_filled"]),
        ({"owner_id": "gone"}, ["warn owner_id: is_known_in_owners"]),
        ({"owner_id": None}, []),
    ],
    "campaign_spend": [
        ({}, []),
        ({"spent_on": "2024-02-30"}, [f"reject spent_on: {A_DAY}"]),
        ({"spend_amount": None}, ["reject spend_amount: is_filled"]),
        ({"spend_amount": "12 EUR"}, ["reject spend_amount: is_a_number"]),
        ({"spend_amount": "-12.50"}, []),
        ({"currency": "XYZ"}, [f"reject currency: {A_CURRENCY}"]),
        ({"currency": None}, ["reject currency: is_filled"]),
        ({"campaign_id": "gone"}, ["warn campaign_id: is_known_in_campaigns"]),
        ({"campaign_id": None}, []),
        ({"source": "METEO"}, ["warn source: is_known_in_channels"]),
        ({"source": None}, []),
    ],
}


# -- the gate over the cases -----------------------------------------------------------------------


GATE = gates.Cases(SUITES, GOOD_ROWS, CASES, KNOWN, COUNTED)
broken_rules = GATE.broken_rules


def test_an_account_spelled_otherwise_is_the_same_account():
    entry = {"entry_id": "1", **GOOD_ROWS["expense_ledger"], "department": None}
    [known, spelled] = GATE.broken_rules(
        "expense_ledger",
        [
            {**entry, "account_code": "TOOLS-1"},
            {**entry, "entry_id": "2", "account_code": "tools 1"},
        ],
    )
    assert known == spelled
    assert known == ["critical department: is_filled_where_the_account_has_no_function"]


@GATE.each()
def test_a_changed_cell_breaks_its_rules_and_no_other(table, number):
    assert GATE.broken(table, number) == GATE.expected(table, number)


@pytest.mark.parametrize("table", SUITES)
def test_every_rule_is_broken_by_some_case(table):
    assert GATE.rules(table) == GATE.seen(table)


@pytest.mark.parametrize("table", ["expense_ledger", "payroll"])
def test_a_key_is_given_and_has_one_row(table):
    key = SUITES[table].key
    good = {COUNTED[table]: "k1", **GOOD_ROWS[table]}
    assert broken_rules(table, [good, good, {**good, COUNTED[table]: "k2"}]) == [
        [],
        [f"reject {key[0]}: row_is_not_a_copy"],
        [],
    ]
    for rules in broken_rules(table, [good, {**good, "currency": "USD"}]):
        assert rules == [f"critical {key[-1]}: key_has_one_row"]
    for column in key:
        [rules] = broken_rules(table, [{**good, column: None}])
        assert rules == [f"critical {column}: key_is_not_null"]


def test_two_payments_of_a_day_are_no_copies_of_each_other():
    good = GOOD_ROWS["campaign_spend"]
    rows = [{**good, "spend_amount": amount} for amount in ("1", "2")]
    assert broken_rules("campaign_spend", rows) == [[], []]
    assert broken_rules("campaign_spend", [{**rows[0], "spent_on": None}]) == [
        ["critical spent_on: key_is_not_null"]
    ]
