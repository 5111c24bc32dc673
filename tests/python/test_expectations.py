"""The expectations, the runner that drives them and the facts that they look at.

Most of all: what the gate accepts, the strict casts of staging take, whatever stands in the cells.
"""

import datetime
import gc
import itertools
import random
import re
import weakref
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import gates
import great_expectations.expectations as gxe
import jinja2
import pandas as pd
import pytest
from conftest import ROOT

from expectations import causes, gate, loads
from expectations.facts import keep_lost_values, rows_with_facts
from expectations.rules import (
    Condition,
    Order,
    Periods,
    Reference,
    Rule,
    Suite,
    boolean,
    filled,
    number,
)
from expectations.runner import Finding, NotEvaluatedError, Runner

CALENDAR = gates.CALENDAR


# -- the runner ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runner():
    return Runner()


def frame_of(**columns):
    frame = pd.DataFrame(columns)
    frame.index = pd.RangeIndex(11, 11 + len(frame), name="input_row_id")
    return frame


def test_the_runner_names_the_rows_that_break_each_rule(runner):
    frame = frame_of(a=["1", "x", None, "-2"], b=[None, "true", "maybe", "0"])
    rules = [one_in("a", ["1", "x"]), one_in("b", ["true", "0"]), filled("a"), filled("b")]
    found = {(rule.name, rule.column): rows for rule, rows in runner.unexpected(frame, rules)}
    assert found == {
        ("is_listed", "a"): [14],
        ("is_listed", "b"): [13],
        ("is_filled", "a"): [13],
        ("is_filled", "b"): [11],
    }


def one_in(column, values):
    expectation = gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values)
    return Rule("is_listed", "reject", column, expectation)


def test_the_runner_lets_go_of_the_rows_that_it_has_checked(runner):
    frame = pd.DataFrame({"a": ["x"]}, index=pd.Index([1], name="input_row_id"))
    checked = weakref.ref(frame)
    runner.unexpected(frame, [filled("a")])
    del frame
    gc.collect()
    assert checked() is None


def test_null_is_no_wrong_value(runner):
    frame = frame_of(a=pd.Series([None, None], dtype="object"))
    assert [rows for _, rows in runner.unexpected(frame, [one_in("a", ["1"])])] == [[]]


@pytest.mark.parametrize("rule", [filled("b"), number("b"), boolean("b")])
def test_a_rule_that_cannot_be_evaluated_raises(runner, rule):
    with pytest.raises(NotEvaluatedError, match=f"{rule.name} on b"):
        runner.unexpected(frame_of(a=["1"]), [filled("a"), rule])


def test_an_expectation_that_raises_on_a_value_is_no_pass(runner):
    rule = Rule(
        "compares", "reject", "a", gxe.ExpectColumnValuesToBeBetween(column="a", max_value=1)
    )
    with pytest.raises(NotEvaluatedError, match="compares on a"):
        runner.unexpected(frame_of(a=["text", "more"]), [rule])


# -- the facts -------------------------------------------------------------------------------------

THINGS = Suite(
    table="things",
    key=("thing_id", "part"),
    references=(
        Reference(("owner_id",), "owners", ("owner_id",)),
        Reference(("currency",), "reference.rates", ("currency",)),
        Reference(("pipeline_id", "stage_id"), "pipelines", ("pipeline_id", "stage_id")),
    ),
    orders=(Order("ended", "began"),),
    conditions=(Condition("is_filled_in_x", "owner_id", "rows.part != 'x' or rows.owner_id > ''"),),
    periods=(Periods(("thing_id",), "began", "ended", CALENDAR),),
)
COLUMNS = (
    "source_system thing_id part owner_id currency pipeline_id stage_id began ended".split()  # noqa: SIM905
)


def warehouse(rows):
    con = gates.database()
    con.execute("create table reference.rates as select 'EUR' as currency")
    con.execute(
        "create table inputs.input_owners as "
        "select 1 as input_row_id, 'a' as source_system, '1' as owner_id"
    )
    con.execute(
        "create table inputs.input_pipelines as "
        "from (values (1, 'a', 'p', 's1'), (2, 'a', 'q', 's2')) "
        "as t (input_row_id, source_system, pipeline_id, stage_id)"
    )
    columns = ", ".join(f"{name} varchar" for name in COLUMNS)
    con.execute(f"create table inputs.input_things (input_row_id bigint, {columns})")
    for row_id, row in enumerate(rows, start=1):
        values = {**dict.fromkeys(COLUMNS), "source_system": "a", **row}
        con.execute(
            f"insert into inputs.input_things values ({', '.join('?' * 10)})",
            [row_id, *values.values()],
        )
    for table in ("owners", "pipelines"):
        keep_lost_values(con, [THINGS], table, [])
    return con


def facts_of_things():
    columns = ["input_row_id", *COLUMNS]
    return rows_with_facts(THINGS, gate.rules_of(THINGS, columns), columns, CALENDAR)


def facts(rows, *names):
    con = warehouse(rows)
    frame = con.sql(facts_of_things()).df()
    assert frame["input_row_id"].tolist() == list(range(1, len(rows) + 1))
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame[list(names)].itertuples(index=False, name=None)
    ]


def test_copies_are_numbered_in_order_of_arrival():
    one = {"thing_id": "1", "part": "x"}
    rows = [one, {**one, "owner_id": "9"}, one, one, {**one, "source_system": "b"}]
    assert facts(rows, "copy_number") == [(1,), (1,), (2,), (3,), (1,)]


def test_versions_of_a_key_are_counted_within_a_source_and_copies_are_none():
    rows = [
        {"thing_id": "1", "part": "x"},
        {"thing_id": "1", "part": "x"},
        {"thing_id": "1", "part": "y"},
        {"thing_id": "1", "part": "y", "owner_id": "1"},
        {"thing_id": "1", "part": "x", "owner_id": "1", "source_system": "b"},
        {"thing_id": None, "part": "x"},
        {"thing_id": None, "part": "x", "owner_id": "1"},
    ]
    assert facts(rows, "versions_of_key") == [(1,), (1,), (2,), (2,), (1,), (None,), (None,)]


def test_references_hold_within_one_source_and_reference_tables_for_all():
    rows = [
        {"owner_id": "1", "currency": "EUR", "pipeline_id": "p", "stage_id": "s1"},
        {"owner_id": "2", "currency": "XYZ", "pipeline_id": "p", "stage_id": "s2"},
        {"owner_id": None, "currency": None, "pipeline_id": None, "stage_id": "s1"},
        {"owner_id": "1", "currency": "eur", "source_system": "b"},
    ]
    assert facts(rows, "owner_id_is_known", "currency_is_known", "stage_id_is_known") == [
        (True, True, True),
        (False, False, False),
        (None, None, None),
        (False, True, None),
    ]


def test_orders_compare_days_and_say_nothing_of_what_is_no_day():
    rows = [
        {"began": "2024-05-02", "ended": "2024-05-02"},
        {"began": "2024-05-02T21:00:00Z", "ended": "2024-05-02"},
        {"began": "2024-05-02", "ended": "2024-05-01T21:59:59Z"},
        {"began": "2024-05-02", "ended": None},
        {"began": "02/05/2024", "ended": "2024-05-01"},
        {"began": "2024-05-02", "ended": "2024-02-30"},
    ]
    assert facts(rows, "ended_is_not_before_began") == [
        *((True,), (True,), (False,), (None,), (None,), (None,))
    ]


def test_conditions_say_nothing_where_they_do_not_apply():
    rows = [
        {"part": "x", "owner_id": "1"},
        {"part": "y", "owner_id": None},
        {"part": "x", "owner_id": None},
        {"part": "x", "owner_id": ""},
    ]
    assert facts(rows, "owner_id_is_filled_in_x") == [(True,), (True,), (None,), (False,)]


@pytest.mark.parametrize(
    ("periods", "after"),
    [
        # The last day belongs to the period.
        ("2024-01-01..2024-03-31 2024-04-01..", [True, True]),
        ("2024-01-01..2024-04-02 2024-04-01..", [True, False]),
        # But where it ends on the day on which the next one starts, staging takes that day away.
        ("2024-01-01..2024-04-01 2024-04-01..", [True, True]),
        # Whatever the order of arrival, the one that starts later is wrong.
        ("2024-04-01.. 2024-01-01..2024-04-02", [False, True]),
        # A period without an end runs for ever, and over all that follow.
        ("2024-01-01.. 2024-02-01..2024-02-29 2030-01-01..", [True, False, False]),
        # A long one covers what comes after the short one behind it.
        ("2024-01-01..2024-12-31 2024-02-01..2024-02-29 2024-06-01..", [True, False, False]),
        # Gaps are none of its business.
        ("2024-01-01..2024-01-31 2025-01-01..2025-01-01 2025-01-02..", [True, True, True]),
        # A row that starts on the same day is a copy, or a second row of one key: other rules'
        # business.
        ("2024-01-01.. 2024-01-01..", [True, True]),
        # A row that is no period spoils no other, and is not judged.
        ("2024-03-01..2024-01-31 2024-04-01..", [None, True]),
        ("2024-02-30.. 2024-04-01..", [None, True]),
        ("0204-01-01.. 2024-04-01..", [None, True]),
        ("2024/01/01.. 2024-04-01..", [None, True]),
        # A moment is its day in Paris, an end beyond the calendar is none.
        ("2024-01-01T09:30:00Z..2024-03-31T22:30:00Z 2024-04-01..", [True, True]),
        ("2024-01-01..2024-04-01T22:30:00Z 2024-04-01..", [True, False]),
        ("2024-01-01..9999-12-31 2024-04-01..", [True, False]),
        ("2024-01-01..soon 2024-04-01..", [None, True]),
        (".. 2024-04-01..", [None, True]),
    ],
)
def test_periods_of_one_thing_do_not_overlap(periods, after):
    days = [[day or None for day in period.split("..")] for period in periods.split()]
    rows = [{"thing_id": "1", "began": began, "ended": ended} for began, ended in days]
    assert facts(rows, "began_is_after_earlier_periods") == [(holds,) for holds in after]


def test_periods_of_different_things_may_overlap():
    open_ended = {"began": "2024-01-01", "ended": None}
    later = {**open_ended, "began": "2024-02-01"}
    rows = [
        {"thing_id": "1", **open_ended},
        {"thing_id": "2", **later},
        {"thing_id": "1", "source_system": "b", **later},
        {"thing_id": None, **open_ended},
        {"thing_id": None, **later},
    ]
    assert facts(rows, "began_is_after_earlier_periods") == [
        *((True,), (True,), (True,), (None,), (None,))
    ]


@pytest.mark.parametrize("sql_type", ["date", "timestamp", "timestamptz", "timestamp_ns"])
def test_periods_of_typed_days(sql_type):
    con = warehouse([])
    for column in ("began", "ended"):
        con.execute(f"alter table inputs.input_things alter {column} type {sql_type}")
    con.execute(
        "insert into inputs.input_things by name from (values "
        "(1, '2024-01-01', '2024-03-31'), (2, '2024-03-30', null), (3, '2024-04-01', null)) "
        "as t (input_row_id, began, ended), (select 'a' as source_system, '1' as thing_id)"
    )
    found = con.sql(facts_of_things())
    assert found.project("began_is_after_earlier_periods").fetchall() == [
        *((True,), (False,), (False,))
    ]


# -- the gate over more than one batch -------------------------------------------------------------


def test_counts_are_right_over_a_batch_boundary(monkeypatch, runner):
    """A copy, a second version and a wrong number lie in other batches than what they repeat."""
    batch, rows = 2048, 5000
    con = warehouse([])
    con.execute(
        "insert into inputs.input_things by name "
        "select range + 1 as input_row_id, 'a' as source_system, "
        "cast(range as varchar) as thing_id, "
        f"'x' as part, if(range % 1000 = 999, 'none', '1') as owner_id from range({rows})"
    )
    con.execute(
        "insert into inputs.input_things by name from (values "
        "(5001, 'a', '7', 'x', '1'), (5002, 'a', '8', 'x', 'none'), (5003, 'a', '9', null, '1')) "
        "as t (input_row_id, source_system, thing_id, part, owner_id)"
    )
    sizes = []
    whole = Runner.unexpected

    def counted(self, frame, rules):
        sizes.append(len(frame))
        return whole(self, frame, rules)

    monkeypatch.setattr(gate, "VECTORS_PER_BATCH", 1)
    monkeypatch.setattr(Runner, "unexpected", counted)
    found = {
        f.rule.name: f for f in gate.check_table(con, runner, THINGS, CALENDAR) if not f.is_met
    }
    # Periods are asked of what is left: seven rows are rejected before.
    assert sizes == [batch, batch, rows + 3 - 2 * batch, batch, batch, rows - 4 - 2 * batch]
    assert {name: finding.row_ids for name, finding in found.items()} == {
        "row_is_not_a_copy": [5001],
        "key_has_one_row": [9, 5002],
        "key_is_not_null": [5003],
        "is_known_in_owners": [1000, 2000, 3000, 4000, 5000, 5002],
    }
    assert {finding.row_count for finding in found.values()} == {rows + 3}
    assert found["is_known_in_owners"].keys[-1] == "8 / x"
    assert found["is_known_in_owners"].values == ["none"] * 6


def test_every_rule_can_be_asked_in_sql():
    """Else all rows of its table pass through Great Expectations, however many there are."""
    assert [
        f"{suite.table}.{rule.column}: {rule.name}"
        for suite in SUITES.values()
        for rule in gate.rules_of(suite, ["some_id"])
        if rule.broken is None
    ] == []


@pytest.mark.checked
def test_duckdb_finds_in_many_rows_what_great_expectations_finds(demo_build, monkeypatch, runner):
    """The demo's inputs, with all their flaws, taken for few rows and for many."""
    sizes, found = [], []
    whole = Runner.unexpected

    def counted(self, frame, rules):
        sizes[-1] += len(frame)
        return whole(self, frame, rules)

    monkeypatch.setattr(Runner, "unexpected", counted)
    for most in (10**9, 0):
        sizes.append(0)
        monkeypatch.setattr(gate, "MOST_ROWS_IN_WHOLE", most)
        with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            found.append(gate.check_rows(con, list(SUITES.values()), CALENDAR, runner))
    assert found[0] == found[1]
    broken = {(finding.table, row_id) for finding in found[1] for row_id in finding.row_ids}
    assert len(broken) > 300
    # All rows were judged at first, and then those that break a rule.
    assert sizes[0] > 100_000
    assert sizes[1] <= 2 * len(broken)


# -- what a finding says ---------------------------------------------------------------------------


def finding(rule=None, rows=(), **options):
    rule = rule or filled("name")
    result = Finding("things", rule, row_count=1578, **options)
    for row_id, key, value in rows:
        result.row_ids.append(row_id)
        result.sources.append("a")
        result.keys.append(key)
        result.values.append(value)
    return result


def test_a_met_rule_says_nothing():
    row = finding().as_row()
    assert (row["is_met"], row["message"], row["examples"], row["unexpected_count"]) == (
        *(True, "", "", 0),
    )


def test_a_message_names_table_column_rule_count_and_five_different_keys():
    rows = [(n, f"k{n // 2}", f"{n}/02/2024") for n in range(1200)]
    assert finding(rows=rows).as_row()["message"] == (
        "things.name: is_filled: 1,200 of 1,578 rows, e.g. "
        "k0 ('0/02/2024'), k1 ('2/02/2024'), k2 ('4/02/2024'), k3 ('6/02/2024'), k4 ('8/02/2024')"
    )


def test_a_value_that_is_the_key_is_not_said_twice_and_a_row_without_key_has_a_number():
    rows = [(7, "k1", "k1"), (8, "", None), (9, " / ", None), (10, "k2", None)]
    assert finding(rows=rows).message == (
        "things.name: is_filled: 4 of 1,578 rows, e.g. k1, input_row_id 8, input_row_id 9, k2"
    )


def test_a_long_value_is_cut():
    message = finding(rows=[(1, "k" * 500, "v" * 300_000 + "\n")]).message
    assert len(message) < 250
    assert "…" in message


# -- causes and consequences -----------------------------------------------------------------------


def critical(table, name, rows=1, column="", of=10):
    rule = Rule(name, "critical", column, gxe.ExpectColumnValuesToNotBeNull(column="x"))
    return Finding(table, rule, row_count=of, row_ids=list(range(rows)))


def rejecting(table, name, rows, column, of=10):
    rule = Rule(name, "reject", column, gxe.ExpectColumnValuesToNotBeNull(column="x"))
    ids = list(range(rows))
    return Finding(
        table,
        rule,
        row_count=of,
        row_ids=ids,
        sources=["a"] * rows,
        keys=[f"k{n}" for n in ids],
        values=[None] * rows,
    )


SHARE = "no_more_than_5%_of_the_rows_are_rejected"
DROP = "load_did_not_drop_by_more_than_50%"


def test_orphans_follow_from_the_table_that_they_lack():
    found = [
        critical("deals", DROP),
        rejecting("quotes", "is_known_in_deals", 9, "deal_id"),
        critical("quotes", SHARE),
        rejecting("activities", "is_a_moment", 9, "occurred_at"),
        critical("activities", SHARE),
    ]
    causes.explain(found)
    assert [f.explained_by for f in found] == [None, None, f"deals: {DROP}", None, None]


def test_an_independent_flaw_of_the_same_table_is_told_too():
    found = [
        critical("deals", "key_is_not_null", 1, "deal_id"),
        critical("deals", "key_has_one_row", 2, "deal_id"),
        rejecting("deals", "is_a_number", 3, "deal_amount"),
        critical("deals", SHARE),
    ]
    causes.explain(found)
    assert [f.explained_by for f in found] == [None] * 4


def test_a_key_that_is_wrong_in_most_rows_explains_the_rest_of_its_table():
    found = [
        critical("deals", "key_has_one_row", 9, "deal_id"),
        rejecting("deals", "is_a_number", 9, "deal_amount"),
        critical("deals", SHARE),
    ]
    causes.explain(found)
    assert found[2].explained_by == "deals.deal_id: key_has_one_row"
    assert found[0].hint.endswith("stand above the right columns?")


def test_several_tables_that_lack_the_same_one_give_one_message():
    found = [
        finding
        for table in ("quotes", "deal_contacts", "deal_stage_history")
        for finding in (
            rejecting(table, "is_known_in_deals", 9, "deal_id"),
            critical(table, SHARE, column="deal_id"),
        )
    ]
    causes.explain(found)
    told = [f for f in found if f.rule.severity == "critical" and not f.explained_by]
    assert [f.table for f in told] == ["deal_contacts"]
    assert (
        told[0].hint == "; the same in deal_stage_history and quotes: are the ids of deals right?"
    )


# -- whole loads -----------------------------------------------------------------------------------


# Settings for the loads of a test, where the test says nothing else.
SETTINGS = {
    "only_grows": False,
    "max_rejected_share": 0.05,
    "max_rejected_share_of_others": "default: 0.05",
    "max_load_drop_share": 0.5,
    "max_load_drop_share_of_others": "default: 0.5",
    "warn_load_drop_share": 0.05,
    "max_unknown_share": 0.9,
    "max_unknown_share_of_others": "default: 0.9",
    "id_source": "",
}
GROWING = {"only_grows": True, "max_load_drop_share": 0.05, "warn_load_drop_share": 0}


def expected_loads(*loads, **settings):
    """Return the model `expected_loads` for pairs of source and table."""
    rows = [
        {"source_system": source, "table_name": table, **SETTINGS, **settings}
        for source, table in loads
    ]
    return pd.DataFrame(rows)


def by_month(counts, table="deals"):
    """Return the model `input_months` for the counts of rows of 2024-01, 2024-02 and so on."""
    return pd.DataFrame(
        {
            "source_system": "a",
            "table_name": table,
            "month_start": pd.to_datetime([f"2024-{n:02d}-01" for n, _ in enumerate(counts, 1)]),
            "row_count": counts,
        }
    )


def broken_loads(monkeypatch, now, before=None, rejected=0, months=None, **settings):
    """Return `severity message` of the rules that a load of `now` rows breaks.

    `before` rows are published; `months` is a pair of their counts by month, before and now.
    """
    con = duckdb.connect()
    con.execute("create schema inputs")
    con.execute(
        "create table inputs.input_deals as "
        f"select range as input_row_id, 'a' as source_system from range({now})"
    )
    published = pd.DataFrame(
        {"source_system": ["a"], "table_name": ["deals"], "published_row_count": [before]}
    )
    before_by_month, now_by_month = map(by_month, months or ([], []))
    monkeypatch.setattr(
        loads, "published_loads", lambda: published if before is not None else published[:0]
    )
    monkeypatch.setattr(loads, "published_months", lambda: before_by_month)
    found = [rejecting("deals", "is_a_number", rejected, "deal_amount", of=now)]
    suites = [Suite(table="deals", key=("deal_id",), required=True)]
    expected = expected_loads(("a", "deals"), **settings)
    return [
        f"{f.rule.severity} {f.message}"
        for f in loads.check_loads(con, Runner(), suites, found, expected, now_by_month)
        if not f.is_met
    ]


@pytest.mark.parametrize(
    ("now", "before", "rejected", "settings", "broken"),
    [
        (100, None, 0, {}, []),
        (96, 100, 0, {}, []),
        (95, 100, 0, {}, ["warn deals: load_did_not_drop_by_5%"]),
        (50, 100, 0, {}, ["warn deals: load_did_not_drop_by_5%"]),
        (49, 100, 0, {}, ["critical deals: load_did_not_drop_by_more_than_50%"]),
        # 1 - 0.7 is more than 0.3 to a computer.
        (70, 100, 0, {"max_load_drop_share": 0.3}, ["warn deals: load_did_not_drop_by_5%"]),
        (
            *(69, 100, 0, {"max_load_drop_share": 0.3}),
            ["critical deals: load_did_not_drop_by_more_than_30%"],
        ),
        (1, 100, 0, {"max_load_drop_share": 1, "warn_load_drop_share": 1}, []),
        (100, 100, 0, GROWING, []),
        (101, 100, 0, GROWING, []),
        (999, 1000, 0, GROWING, ["warn deals: load_has_lost_no_rows"]),
        (95, 100, 0, GROWING, ["warn deals: load_has_lost_no_rows"]),
        (94, 100, 0, GROWING, ["critical deals: load_did_not_drop_by_more_than_5%"]),
        (5, 0, 0, GROWING, []),
        (100, 100, 5, {}, []),
        (100, 100, 6, {}, ["critical deals.deal_amount: no_more_than_5%_of_the_rows_are_rejected"]),
        (100, 100, 25, {"max_rejected_share": 0.25}, []),
        (
            *(100, 100, 26, {"max_rejected_share": 0.25}),
            ["critical deals.deal_amount: no_more_than_25%_of_the_rows_are_rejected"],
        ),
        (0, None, 0, {}, ["critical deals: required_table_is_not_empty"]),
    ],
)
def test_thresholds_of_whole_loads(monkeypatch, now, before, rejected, settings, broken):
    found = broken_loads(monkeypatch, now, before, rejected, **settings)
    assert [": ".join(message.split(": ")[:2]) for message in found] == broken


def test_a_stop_names_the_variable_that_lets_the_table_pass(monkeypatch):
    [found] = broken_loads(
        *(monkeypatch, 1300, 1300, 270), max_rejected_share_of_others="default: 0.05, quotes: 0.1"
    )
    assert found.endswith(
        "; to go on without these rows, set "
        "--vars '{max_rejected_share: {default: 0.05, quotes: 0.1, deals: 0.21}}'"
    )
    [found] = broken_loads(monkeypatch, 40, 100)
    assert found == (
        "critical deals: load_did_not_drop_by_more_than_50%: 40 rows from a, 100 in the published "
        "load; if that is right, build once with "
        "--vars '{max_load_drop_share: {default: 0.5, deals: 1}}'"
    )


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (([50, 50], [50, 40]), "2024-02 (10 of 50)"),
        (([20, 20, 20, 40], [0, 0, 0, 90]), "2024-01 to 2024-03 (all 60)"),
        (([20, 20, 60], [0, 10, 50]), "2024-01 (all 20), 2024-02 (10 of 20), 2024-03 (10 of 60)"),
        (([20, 20, 20, 40], [0, 20, 0, 40]), "2024-01 (all 20), 2024-03 (all 20)"),
        (([10] * 10, [9] * 10), ", ".join(f"2024-0{n} (1 of 10)" for n in range(1, 6)) + ", …"),
        (([60, 40], [90]), "2024-02 (all 40)"),
    ],
)  # fmt: skip
def test_a_loss_names_the_months_that_lost_rows(monkeypatch, months, said):
    [found] = broken_loads(monkeypatch, 90, 100, months=months)
    assert found == (
        "warn deals: load_did_not_drop_by_5%: 90 rows from a, 100 in the published load; "
        f"months that lost rows: {said}"
    )


@pytest.mark.parametrize(
    ("months", "is_told"),
    [
        # The rows that came in another month do not make up for those that are gone.
        (([500, 500], [500, 400, 200]), True),
        (([500, 500], [500, 475, 200]), True),
        # A day was corrected here and there.
        (([500, 500], [499, 480, 200]), False),
        (([999, 1], [1000, 0, 200]), False),
    ],
)
def test_a_table_that_only_grows_may_not_lose_a_month_behind_new_rows(monkeypatch, months, is_told):
    assert broken_loads(monkeypatch, 1100, 1000, months=months) == []
    found = broken_loads(monkeypatch, 1100, 1000, months=months, **GROWING)
    assert [message.split(": ")[1] for message in found] == ["load_has_lost_no_rows"] * is_told


def test_months_are_remembered_by_the_published_file_and_an_older_one_is_read(
    demo_build, monkeypatch, tmp_path
):
    monkeypatch.setenv("REVOPS_PUBLISHED_PATH", str(demo_build.published_path))
    months = loads.published_months()
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        arrived = con.sql(
            "select count(*) from inputs.input_payroll where payroll_month like '2025-03%'"
        ).fetchall()
    march = (months["table_name"] == "payroll") & (months["month_start"] == "2025-03-01")
    assert [(count,) for count in months[march]["row_count"]] == arrived
    older = tmp_path / "older.duckdb"
    with duckdb.connect(str(older)) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.fct_input_loads as "
            "select 'a' as source_system, 'deals' as table_name, 100 as row_count"
        )
    monkeypatch.setenv("REVOPS_PUBLISHED_PATH", str(older))
    assert loads.published_months().empty
    assert len(loads.published_loads()) == 1


@pytest.mark.parametrize("table", ["deals", "contacts"])
def test_of_several_sources_the_one_that_broke_a_rule_is_told(monkeypatch, table):
    monkeypatch.setattr(loads, "published_loads", lambda: loads.NOTHING_PUBLISHED)
    monkeypatch.setattr(loads, "published_months", lambda: loads.NO_MONTHS)
    con = duckdb.connect()
    con.execute("create schema inputs")
    con.execute(
        f"create table inputs.input_{table} as select range as input_row_id, "
        "if(range < 1000, 'big', 'small') as source_system from range(1100)"
    )
    few = rejecting(table, "is_a_number", 0, "deal_amount", of=1100)
    many = rejecting(table, "is_a_day", 0, "close_date", of=1100)
    # 30 rows of the big source break a rule; 20 rows of the small one break another.
    for found, row_ids, source in ((few, range(30), "big"), (many, range(1000, 1020), "small")):
        for row_id in row_ids:
            found.row_ids.append(row_id)
            found.sources.append(source)
            found.keys.append(f"{source} {row_id}")
            found.values.append("x")
    expected = expected_loads(("big", table), ("small", table))
    suites = [Suite(table=table, key=("id",))]
    loads.tell_sources_apart(con, [few, many], expected)
    [stop] = [
        f.message
        for f in loads.check_loads(con, Runner(), suites, [few, many], expected, loads.NO_MONTHS)
        if not f.is_met
    ]
    assert stop.startswith(
        f"{table}.close_date: no_more_than_5%_of_the_rows_are_rejected: 20 of 100 rows from small, "
        f"most of them by {table}.close_date: is_a_day: 20 of 100 rows, e.g. small 1000 ('x'), "
    )
    assert "big" not in stop
    assert few.message.startswith(
        f"{table}.deal_amount: is_a_number: from big 30 of 1,000 rows, e.g. big 0 ('x'), "
    )


def test_a_published_file_that_cannot_be_read_is_told_and_not_passed_over(monkeypatch, tmp_path):
    path = tmp_path / "revops.duckdb"
    path.write_bytes(b"not a database, but long enough to look like one" * 200)
    monkeypatch.setenv("REVOPS_PUBLISHED_PATH", str(path))
    with pytest.raises(duckdb.Error):
        loads.published_loads()

    def unreadable():
        raise duckdb.IOException("not a DuckDB file")

    original = loads.published_loads
    monkeypatch.setattr(loads, "published_loads", unreadable)
    assert original is not loads.published_loads
    con = duckdb.connect()
    con.execute("create schema inputs")
    con.execute("create table inputs.input_deals as select 1 as input_row_id, 'a' as source_system")
    expected = expected_loads(("a", "deals"))
    suites = [Suite(table="deals", key=("deal_id",))]
    found = [
        f.message
        for f in loads.check_loads(con, Runner(), suites, [], expected, loads.NO_MONTHS)
        if not f.is_met
    ]
    assert found == [
        "published: published_file_is_readable: the loads cannot be compared with those of "
        f"{path}: not a DuckDB file; move that file away to build without it"
    ]


def test_a_published_table_that_nobody_supplies_any_more_is_told(runner):
    key = ["source_system", "table_name"]
    published = pd.DataFrame(
        [("a", "deals", 10), ("a", "invoices", 1100), ("b", "invoices", 7), ("a", "quotes", 0)],
        columns=[*key, "published_row_count"],
    )
    expected = pd.DataFrame([("a", "deals"), ("b", "invoices")], columns=key)
    found = loads._gone(runner, expected, published)
    assert [(f.table, f.rule.severity, f.message) for f in found if not f.is_met] == [
        (
            "invoices",
            "warn",
            "invoices: is_still_supplied: 1,100 rows from a are published, and connector_tables no "
            "longer names them: what is made of them becomes null",
        )
    ]
    assert loads._gone(runner, expected, published[:0]) == []


# -- what the gate accepts, staging casts ----------------------------------------------------------

DRAW_SEED = 20240101
ROWS = 1500


def random_text(draw):
    """Return a cell: of a shape that is often right, nearly right, or wrong altogether."""
    year = draw.choice([draw.randint(1980, 2070)] * 3 + [0, 1, 9999, 10000, 1582])
    day = f"{year:04d}-{draw.randint(0, 13):02d}-{draw.randint(0, 32):02d}"
    clock = f"{draw.randint(0, 24):02d}:{draw.randint(0, 60):02d}"
    second = f":{draw.randint(0, 60):02d}"
    fraction = "." + "".join(draw.choices("0123456789", k=draw.randint(1, 10)))
    zone = draw.choice(
        ["Z", "z", "+00", "+02:00", "-0530", "+14:00", "+15:59", "-23:59", " UTC", "+1"]
    )
    plain = str(draw.randint(-(10 ** draw.randint(0, 20)), 10 ** draw.randint(0, 20)))
    digits = "".join(draw.choices("0123456789", k=draw.randint(1, 14)))
    return draw.choice(
        [
            day,
            f"{day}T{clock}",
            f"{day} {clock}{second}",
            f"{day}T{clock}{second}{zone}",
            f"{day}T{clock}{second}{fraction}",
            f"{day}T{clock}{second}{fraction}{zone}",
            f"{draw.randint(1, 31)}/{draw.randint(1, 12)}/{year}",
            plain,
            f"{plain}.{digits}",
            f"{draw.randint(-9, 99)}.{digits}",
            f"0.{digits}",
            str(draw.randint(0, 3)),
            draw.choice(
                ["true", "false", "TRUE", "True", "1", "0", "Yes", "no", "t", "on", "tRUE"]
            ),
            draw.choice(
                ["nan", "inf", "1e5", "1e400", "", " ", "null", "\N{GRINNING FACE}", "٣", "-"]
            ),
            "".join(draw.choices("0123456789-+.:TZ eE/,", k=draw.randint(1, 25))),
        ]
    )


TYPED = {
    "date": ["date '2024-02-29'", "date '0001-01-01'", "date '9999-12-31'", "date 'infinity'"],
    "timestamp": [
        "timestamp '2024-02-29 10:11:12.13'",
        "timestamp '9999-12-31 00:00:00'",
        "timestamp '-infinity'",
    ],
    "timestamptz": ["timestamptz '2024-02-29 10:11:12+05'", "timestamptz '1980-01-01 00:00:00+00'"],
    "timestamp_ns": ["timestamp_ns '2024-02-29 10:11:12.123456789'"],
    "double": ["0.25", "-1e300", "'inf'", "1e13", "2147483648", "7", "1"],
    "float": ["0.25", "1e30", "7"],
    "bigint": ["0", "1", "7", "9223372036854775807", "-1", "2147483648"],
    "decimal(38, 10)": ["0.25", "7", "9999999999999999999999999999", "1"],
    "boolean": ["true", "false"],
    "varchar": ["'2024-02-29'", "'x'", "'1'"],
}


@pytest.fixture(scope="module")
def staging_queries(demo_build):
    folder = demo_build.target_path / "compiled" / "revops" / "models" / "staging"
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.sql")}


@pytest.fixture
def empty_warehouse(demo_build):
    """A database in memory, named and laid out like the build, without rows in the inputs."""
    with gates.database() as con:
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute("attach ':memory:' as revops")
        con.execute("use revops")
        con.execute(gates.reading_functions())
        for schema in ("inputs", "reference", "quality"):
            con.execute(f"create schema {schema}")
        for schema, table in con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'demo' and "
            "(schema_name in ('inputs', 'reference') "
            "or table_name in ('rejected_rows', 'blanked_cells'))"
        ).fetchall():
            rows = "" if schema == "reference" else " limit 0"
            con.execute(f"create table {schema}.{table} as from demo.{schema}.{table}{rows}")
        keep_all_values(con)
        yield con


SUITES = {suite.table: suite for suite in gate.all_suites(CALENDAR)}


def typed_columns(suite):
    """Return the columns whose rules are about a type."""
    about = re.compile("is_a_|is_true_or_false")
    return {rule.column for rule in suite.rules if about.match(rule.name)}


def key_of(suite, number):
    """Return the cells of a key like no other: a day or a listed word, where one is asked for."""
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=number)
    asked = {rule.column: str(day) for rule in suite.rules if rule.name.startswith("is_a_day")}
    asked |= {
        rule.column: rule.expectation.value_set[0]
        for rule in suite.rules
        if rule.name.startswith("is_one_of")
    }
    return {column: asked.get(column, f"k{number}") for column in suite.key}


def keep_all_values(con):
    """Say that no row of any table was rejected so far."""
    for suite in SUITES.values():
        keep_lost_values(con, list(SUITES.values()), suite.table, [])


def accepted_and_staged(con, findings, suite, query):
    """Set aside what the gate refuses of an input table, and run the staging query."""
    rejected = {i for f in findings if f.rule.severity == "reject" for i in f.row_ids}
    con.execute("delete from quality.rejected_rows; delete from quality.blanked_cells")
    con.execute(
        "insert into quality.rejected_rows (table_name, input_row_id) "
        "select ?, unnest(?::bigint[])",
        [suite.table, sorted(rejected)],
    )
    for found in findings:
        if found.rule.severity == "blank":
            con.execute(
                "insert into quality.blanked_cells (table_name, column_name, input_row_id) "
                "select ?, ?, unnest(?::bigint[])",
                [suite.table, found.rule.column, found.row_ids],
            )
    # Fails here, if the gate let anything pass that a cast does not take.
    con.execute(f"create or replace table staged as {query}")
    [[arrived]] = con.execute(f"select count(*) from inputs.input_{suite.table}").fetchall()
    [[staged]] = con.execute("select count(*) from staged").fetchall()
    assert staged + len(rejected) == arrived
    for found in findings:
        if found.rule.severity == "blank" and not found.rule.name.startswith("is_true_or_false"):
            column = found.rule.column
            default = "1" if column == "interval_count" else "null"
            assert con.execute(
                f"select count(*) from staged where {column} is distinct from {default} "
                "and input_row_id in (select unnest(?::bigint[]))",
                [found.row_ids],
            ).fetchall() == [(0,)]
    return staged


def found_by_duckdb_first(con, runner, suite):
    """Return the findings of a table that is taken for one of many rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "MOST_ROWS_IN_WHOLE", 0)
        return gate.check_table(con, runner, suite, CALENDAR)


@pytest.mark.parametrize("table", SUITES)
def test_what_the_gate_accepts_staging_casts(table, empty_warehouse, runner, staging_queries):
    con, suite = empty_warehouse, SUITES[table]
    draw = random.Random(f"{DRAW_SEED}:{table}")
    columns = [row[0] for row in con.execute(f"describe inputs.input_{table}").fetchall()]
    rows = []
    for row_id in range(1, ROWS + 1):
        row = dict.fromkeys(columns)
        row |= {"input_row_id": row_id, "source_system": "a"}
        row |= key_of(suite, row_id)
        # One typed cell a row, so that the others do not reject it.
        for column in draw.sample(
            sorted(typed_columns(suite)), k=min(1, len(typed_columns(suite)))
        ):
            row[column] = random_text(draw).strip() or None
        rows.append(row)
    frame = pd.DataFrame(rows, columns=columns).astype({"source_system": "string"})  # noqa: F841
    con.execute(f"insert into inputs.input_{table} select * from frame")
    # Orphans and empty columns are other rules' business here.
    suite = Suite(
        table,
        suite.key,
        suite.is_unique,
        rules=tuple(r for r in suite.rules if r.name != "is_filled"),
    )
    findings = gate.check_table(con, runner, suite, CALENDAR)
    assert found_by_duckdb_first(con, runner, suite) == findings
    staged = accepted_and_staged(con, findings, suite, staging_queries[f"stg_{table}"])
    rejecting = {rule.column for rule in suite.rules if rule.severity == "reject"}
    if typed_columns(suite) & rejecting - set(suite.key):
        assert 0 < staged < ROWS
    # A rate has more digits than Decimal rounds to by itself.
    exactly = Context(prec=60, rounding=ROUND_HALF_UP)
    for arrived, value in pairs_of(table, con, "DECIMAL"):
        assert value == Decimal(arrived).quantize(value, context=exactly), arrived


def shared_columns(table, con, types):
    inputs = {row[0] for row in con.execute(f"describe inputs.input_{table}").fetchall()}
    return [
        row[0]
        for row in con.execute("describe staged").fetchall()
        if row[0] in inputs and re.match(types, row[1])
    ]


def pairs_of(table, con, types):
    """Return the cells of such columns as they arrived and as they were staged."""
    return [
        pair
        for column in shared_columns(table, con, types)
        for pair in con.execute(
            f"select inputs.{column}, staged.{column} from staged "
            f"join inputs.input_{table} as inputs using (input_row_id) "
            f"where inputs.{column} is not null and staged.{column} is not null"
        ).fetchall()
    ]


def typed_rows(suite, columns, sql_type, cells):
    """Return the query of an input table with one row for each cell, and nulls beside the key.

    `cells` are pairs of a column and a value by row id. These columns have the type, all others
    are text.
    """
    typed = {column for column, _ in cells.values()}
    selects = []
    for row_id, (column, value) in cells.items():
        row = {
            name: f"cast(null as {sql_type if name in typed else 'varchar'})" for name in columns
        }
        row |= {name: f"'{cell}'" for name, cell in key_of(suite, row_id).items()}
        row |= {"input_row_id": f"cast({row_id} as bigint)", "source_system": "'a'"}
        row[column] = f"cast({value} as {sql_type})"
        selects.append(f"select {', '.join(f'{cell} as {name}' for name, cell in row.items())}")
    return " union all ".join(selects)


@pytest.mark.thorough
@pytest.mark.parametrize("table", [t for t in SUITES if typed_columns(SUITES[t])])
def test_what_the_gate_accepts_of_typed_columns_staging_casts(
    table, empty_warehouse, runner, staging_queries
):
    """Facts are computed for one typed column after the other; the rest looks at many at once."""
    con, suite = empty_warehouse, SUITES[table]
    columns = [row[0] for row in con.execute(f"describe inputs.input_{table}").fetchall()]
    row_ids = itertools.count()
    to_stage, facts = [], []
    for sql_type, values in TYPED.items():
        together = {}
        for column in sorted(typed_columns(suite)):
            cells = {next(row_ids): (column, value) for value in values}
            rows = typed_rows(suite, columns, sql_type, cells)
            con.execute(f"create or replace table inputs.input_{table} as {rows}")
            # Fails here, if a fact does not take whatever stands in the cells.
            rules = gate.rules_of(suite, columns)
            con.execute(rows_with_facts(suite, rules, columns, CALENDAR))
            facts.append(con.df().set_index("input_row_id"))
            # A part of the key stands in all rows, and can only have a type alone.
            if column in suite.key:
                to_stage.append((sql_type, cells))
            else:
                together |= cells
        to_stage.append((sql_type, together))
    rules = [r for r in suite.rules if r.column in typed_columns(suite) and r.name != "is_filled"]
    rules = gate.rules_of(Suite(table, suite.key, suite.is_unique, rules=tuple(rules)), columns)
    found = runner.unexpected(pd.concat(facts).astype(object), rules)
    for sql_type, cells in to_stage:
        if cells:
            rows = typed_rows(suite, columns, sql_type, cells)
            con.execute(f"create or replace table inputs.input_{table} as {rows}")
            findings = [
                Finding(table, rule, row_ids=[row_id for row_id in met if row_id in cells])
                for rule, met in found
            ]
            accepted_and_staged(con, findings, suite, staging_queries[f"stg_{table}"])


def passed_to_accepted_inputs(table):
    """Return the arguments `blanked` and `spelled` of a staging model's `accepted_inputs`."""
    given = {}

    def accepted_inputs(_, blanked=(), spelled=()):
        given.update(blanked=set(blanked), spelled=dict(spelled))
        return ""

    source = (ROOT / "models" / "staging" / f"stg_{table}.sql").read_text(encoding="utf-8")
    call = re.search(r"({%-? set spelled.*?-%}\s*)?with( recursive)?\s+{{.*?}}", source, re.DOTALL)
    jinja2.Template(call[0]).render(accepted_inputs=accepted_inputs)
    return given


@pytest.mark.parametrize("table", SUITES)
def test_staging_blanks_and_spells_what_the_gate_lets_pass(table):
    suite = SUITES[table]
    given = passed_to_accepted_inputs(table)
    blanked = {rule.column for rule in suite.all_rules() if rule.severity == "blank"}
    assert given["blanked"] == blanked
    seeds = {r.column: r.table.removeprefix("reference.") for r in suite.references if r.is_to_seed}
    assert given["spelled"] == seeds
