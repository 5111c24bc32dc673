"""The rules of visits, answers, quotas, forecasts, owners' periods and deals' histories by cell."""

import gates
import pytest

from expectations import gate, marketing, sales
from expectations.rules import Calendar

CALENDAR = Calendar("1990-01-01", "2060-01-01")
TABLES = (
    "trade_show_visits",
    "feedback_submissions",
    "quotas",
    "submitted_forecasts",
    "owner_periods",
    "deal_property_history",
)
SUITES = {
    suite.table: suite
    for suite in [*marketing.suites(CALENDAR), *sales.suites(CALENDAR)]
    if suite.table in TABLES
}
COUNTED = {
    "deal_property_history": "changed_at",
    "quotas": "owner_id",
    "submitted_forecasts": "input_row_id",
    "owner_periods": "input_row_id",
}
GOOD_ROWS = {
    "trade_show_visits": {
        "campaign_id": "c1",
        "visited_at": "2024-03-19T13:09:32Z",
        "badge_id": "b1",
        "contact_id": "k1",
        "owner_id": "o1",
    },
    "feedback_submissions": {
        "contact_id": "k1",
        "survey_type": "NPS",
        "score": "0",
        "submitted_at": "2024-03-19T13:09:32Z",
    },
    "quotas": {"quarter_start": "2024-01-01", "quota_amount": "34000.00", "currency": "EUR"},
    "submitted_forecasts": {
        "owner_id": "o1",
        "submitted_on": "2024-01-02",
        "forecast_month": "2024-02-01",
        "forecast_amount": "17800.00",
        "currency": "EUR",
        "category": "commit",
    },
    "owner_periods": {
        "owner_id": "o1",
        "valid_from": "2024-01-01",
        "valid_to": "2024-03-31",
        "team": "North",
    },
    "deal_property_history": {
        "deal_id": "d1",
        "property_name": "amount",
        "property_value": "5000.00",
        "changed_at": "2024-03-19T13:09:32Z",
    },
}
KNOWN = {
    "campaigns": {"campaign_id": "c1"},
    "contacts": {"contact_id": "k1"},
    "owners": {"owner_id": "o1"},
    "deals": {"deal_id": "d1"},
}
A_DAY = "is_a_day_like_2024-01-31"
A_MOMENT = "is_a_moment_like_2024-01-31T09:30:00Z"
AN_AMOUNT = "is_a_number_from_0_to_1,000,000,000,000_where_property_name_is_amount"
A_CLOSE_DAY = "is_a_day_like_2024_01_31_where_property_name_is_close_date"
AN_NPS = "is_from_0_to_10_where_survey_type_is_nps"


A_PROPERTY = "is_one_of_amount_close_date_owner_id"
A_KNOWN_OWNER = "is_known_in_owners_where_property_name_is_owner_id"


def in_year(year, change, expected):
    """A case of an owner's period."""
    return ({"valid_from": f"{year}-01-01", "valid_to": f"{year}-03-31", **change}, expected)


def submitted(day, change, expected):
    """A case of a forecast, on a day of its own in January."""
    return ({"submitted_on": f"2024-01-{day:02d}", **change}, expected)


def owned(value, expected):
    """A case of an owner."""
    return ({"property_name": "owner_id", "property_value": value}, expected)


def closing(value, expected):
    """A case of an expected close date."""
    return ({"property_name": "close_date", "property_value": value}, expected)


CASES = {
    "trade_show_visits": [
        ({}, []),
        ({"campaign_id": "gone"}, ["warn campaign_id: is_known_in_campaigns"]),
        ({"contact_id": "gone"}, ["warn contact_id: is_known_in_contacts"]),
        ({"owner_id": "gone"}, ["warn owner_id: is_known_in_owners"]),
        ({"badge_id": None}, []),
        ({"contact_id": None}, []),
        (
            {"badge_id": None, "contact_id": None},
            ["warn badge_id: is_filled_where_contact_id_is_empty"],
        ),
        ({"visited_at": None}, ["reject visited_at: is_filled"]),
        ({"visited_at": "2024-02-30T10:00:00Z"}, [f"reject visited_at: {A_MOMENT}"]),
        ({"visited_at": "2024-02-28"}, []),
    ],
    "feedback_submissions": [
        ({}, []),
        ({"contact_id": "gone"}, ["warn contact_id: is_known_in_contacts"]),
        ({"contact_id": None}, []),
        ({"score": "10"}, []),
        ({"score": "11"}, [f"reject score: {AN_NPS}"]),
        ({"score": "-1"}, [f"reject score: {AN_NPS}"]),
        ({"survey_type": "nps", "score": "11"}, [f"reject score: {AN_NPS}"]),
        ({"survey_type": "CSAT", "score": "11"}, []),
        ({"survey_type": "CSAT", "score": "4.5"}, ["reject score: is_a_whole_number"]),
        ({"survey_type": "CSAT", "score": None}, ["reject score: is_filled"]),
        ({"survey_type": None}, ["reject survey_type: is_filled"]),
        ({"submitted_at": None}, ["reject submitted_at: is_filled"]),
        ({"submitted_at": "yesterday"}, [f"reject submitted_at: {A_MOMENT}"]),
    ],
    "quotas": [
        ({}, ["warn owner_id: is_known_in_owners"]),
        ({"owner_id": "o1"}, []),
        ({"owner_id": "o1", "quarter_start": "2024-02-30"}, [f"reject quarter_start: {A_DAY}"]),
        (
            {"owner_id": "o1", "quarter_start": "2024-04-01", "quota_amount": None},
            ["reject quota_amount: is_filled"],
        ),
        (
            {"owner_id": "o1", "quarter_start": "2024-07-01", "quota_amount": "-1"},
            ["reject quota_amount: is_a_number_from_0"],
        ),
        (
            {"owner_id": "o1", "quarter_start": "2024-10-01", "currency": "XYZ"},
            ["reject currency: is_known_in_currency_rates"],
        ),
        (
            {"owner_id": "o1", "quarter_start": "2025-01-01", "currency": None},
            ["reject currency: is_filled"],
        ),
    ],
    # Each on a day of its own, since a rep forecasts a month once a day and category.
    "submitted_forecasts": [
        submitted(1, {}, []),
        submitted(2, {"owner_id": "gone"}, ["warn owner_id: is_known_in_owners"]),
        submitted(3, {"submitted_on": "2024-02-30"}, [f"reject submitted_on: {A_DAY}"]),
        submitted(4, {"forecast_month": "2024-13-01"}, [f"reject forecast_month: {A_DAY}"]),
        submitted(5, {"forecast_amount": None}, ["reject forecast_amount: is_filled"]),
        submitted(6, {"forecast_amount": "-1"}, ["reject forecast_amount: is_a_number_from_0"]),
        submitted(7, {"forecast_amount": "0"}, []),
        submitted(8, {"currency": "XYZ"}, ["reject currency: is_known_in_currency_rates"]),
        submitted(9, {"currency": None}, ["reject currency: is_filled"]),
        submitted(10, {"category": "closed"}, ["reject category: is_one_of_commit_best_case"]),
        submitted(11, {"category": "Best Case"}, []),
    ],
    "deal_property_history": [
        ({}, []),
        ({"deal_id": "gone"}, ["reject deal_id: is_known_in_deals"]),
        (
            {"property_name": "dealname"},
            ["reject property_name: is_one_of_amount_close_date_owner_id"],
        ),
        ({"property_value": "12.000,00"}, [f"reject property_value: {AN_AMOUNT}"]),
        ({"property_value": "-1"}, [f"reject property_value: {AN_AMOUNT}"]),
        ({"property_value": "1000000000001"}, [f"reject property_value: {AN_AMOUNT}"]),
        ({"property_value": None}, []),
        ({"changed_at": "2024-02-30T10:00:00Z"}, [f"reject changed_at: {A_MOMENT}"]),
        closing("2024-05-31", []),
        closing(None, []),
        closing("2024-02-30", [f"reject property_value: {A_CLOSE_DAY}"]),
        closing("31/05/2024", [f"reject property_value: {A_CLOSE_DAY}"]),
        closing("2060-01-01", [f"reject property_value: {A_CLOSE_DAY}"]),
        closing("5000.00", [f"reject property_value: {A_CLOSE_DAY}"]),
        owned("o1", []),
        owned("1.0", [f"warn property_value: {A_KNOWN_OWNER}"]),
        owned(None, []),
        owned("gone", [f"warn property_value: {A_KNOWN_OWNER}"]),
    ],
    # Each in a quarter of its own; one without an end lasts until the next one.
    "owner_periods": [
        in_year(2020, {}, []),
        in_year(2021, {"owner_id": "gone"}, ["reject owner_id: is_known_in_owners"]),
        in_year(2023, {"valid_from": "2023-02-30"}, [f"reject valid_from: {A_DAY}"]),
        in_year(2025, {"valid_to": "31/03/2025"}, [f"reject valid_to: {A_DAY}"]),
        in_year(2026, {"valid_to": "2025-12-31"}, ["reject valid_to: is_not_before_valid_from"]),
        in_year(2027, {"team": None, "role": None}, []),
        in_year(2028, {"manager_id": "gone"}, ["warn manager_id: is_known_in_owners"]),
        in_year(2029, {"manager_id": "o1"}, []),
        in_year(2030, {"valid_to": None}, []),
        in_year(2031, {"valid_to": "2032-06-30"}, []),
        in_year(2032, {}, ["reject valid_from: does_not_overlap_an_earlier_period"]),
    ],
}
GATE = gates.Cases(SUITES, GOOD_ROWS, CASES, KNOWN, COUNTED)


@GATE.each()
def test_a_changed_cell_breaks_its_rules_and_no_other(table, number):
    assert GATE.broken(table, number) == GATE.expected(table, number)


@pytest.mark.parametrize("table", SUITES)
def test_every_rule_is_broken_by_some_case(table):
    assert GATE.rules(table) == GATE.seen(table)


def test_a_history_may_say_two_things_at_one_moment_and_a_quota_may_not():
    history = GOOD_ROWS["deal_property_history"]
    rows = [{**history, "property_value": amount} for amount in ("1", "2")]
    assert GATE.broken_rules("deal_property_history", rows) == [[], []]
    quota = {"owner_id": "o1", **GOOD_ROWS["quotas"]}
    for rules in GATE.broken_rules("quotas", [quota, {**quota, "quota_amount": "1"}]):
        assert rules == ["critical quarter_start: key_has_one_row"]


@pytest.mark.parametrize(
    ("is_won", "amount", "expected"),
    [
        ("true", None, ["warn deal_amount: is_filled_where_the_deal_is_won"]),
        ("1", None, ["warn deal_amount: is_filled_where_the_deal_is_won"]),
        ("true", "0", []),
        ("false", None, []),
        # A row that is no answer breaks another rule, of another table.
        ("yes and no", None, []),
    ],
)
def test_a_won_deal_without_an_amount_is_worth_a_look(is_won, amount, expected):
    [suite] = [suite for suite in sales.suites(CALENDAR) if suite.table == "deals"]
    stage = {"pipeline_id": "p", "stage_id": "s", "is_won": is_won}
    known = {"pipelines": stage, "owners": {}, "companies": {}}
    deal = {"deal_id": "d", "pipeline_id": "p", "stage_id": "s", "deal_amount": amount}
    assert gates.broken_rules(suite, [deal], known) == [expected]


def test_quotas_of_one_owner_are_a_quarter_apart():
    quota = {"owner_id": "o1", **GOOD_ROWS["quotas"]}
    days = ("2024-04-01", "2024-01-01", "2024-05-01")
    rows = [{**quota, "quarter_start": day} for day in days]
    late = ["reject quarter_start: is_a_quarter_after_the_one_before"]
    assert GATE.broken_rules("quotas", [*rows, {**rows[2], "owner_id": "o2"}]) == [
        *([], [], late, ["warn owner_id: is_known_in_owners"])
    ]


def test_a_rep_forecasts_a_month_once_a_day_and_category():
    """Two days of one month mean it twice: all are set aside, as nobody knows which holds."""
    first = GOOD_ROWS["submitted_forecasts"]
    rows = [
        first,
        {**first, "forecast_month": "2024-02-29", "forecast_amount": "9000.00"},
        # Spelt otherwise, and the same month of the same day and category.
        {**first, "forecast_month": "2024-02-10", "category": "Commit"},
        # Another category, another day of submission, another month and another rep.
        {**first, "forecast_month": "2024-02-29", "category": "best_case"},
        {**first, "forecast_month": "2024-02-29", "submitted_on": "2024-01-03"},
        {**first, "forecast_month": "2024-03-01"},
        {**first, "forecast_month": "2024-02-29", "owner_id": "o2"},
    ]
    twice = ["reject forecast_month: is_the_only_one_of_its_month"]
    assert GATE.broken_rules("submitted_forecasts", rows) == [
        *([twice] * 3),
        *([[]] * 3),
        ["warn owner_id: is_known_in_owners"],
    ]


def test_a_copy_is_one_however_it_is_written():
    history = {**GOOD_ROWS["deal_property_history"], "changed_at": "2025-02-10T09:00:00Z"}
    again = {**history, "changed_at": "2025-02-10 09:00:00.000+00"}
    assert GATE.broken_rules("deal_property_history", [history, again]) == [
        *([], ["reject deal_id: row_is_not_a_copy"])
    ]


CURRENCY = "warn currency: is_filled_where_other_rows_name_one"


@pytest.mark.parametrize(
    ("table", "amount"),
    [("deals", "deal_amount"), ("quotes", "quote_amount"), ("campaigns", "budget_amount")],
)
def test_money_without_a_currency_is_named_where_other_rows_have_one(table, amount):
    """It counts in the reporting currency; an amount of nothing is nothing in any."""
    [suite] = [suite for suite in gate.all_suites(CALENDAR) if suite.table == table]
    rows = [
        {suite.key[0]: number, amount: cell, "currency": currency}
        for number, cell, currency in (
            ("1", "5", "EUR"), ("2", "5", None), ("3", "0", None), ("4", None, None),
        )
    ]  # fmt: skip
    known = {reference.table: {} for reference in suite.references if not reference.is_to_seed}
    known.pop(table, None)
    broken = gates.broken_rules(suite, rows, known)
    assert [CURRENCY in rules for rules in broken] == [False, True, False, False]
    # A source of one currency names none.
    broken = gates.broken_rules(suite, rows[1:], known)
    assert not any(CURRENCY in rules for rules in broken)
