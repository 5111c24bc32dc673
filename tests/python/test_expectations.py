"""The expectations, the runner that drives them and the facts that they look at.

Most of all: what the gate accepts, the strict casts of staging take, whatever stands in the cells.
"""

import datetime
import gc
import random
import re
import weakref
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import great_expectations.expectations as gxe
import pandas as pd
import pytest

from expectations import causes, gate, loads
from expectations.custom import is_day, is_moment, is_number
from expectations.facts import rows_with_facts
from expectations.rules import (
    LARGEST_INTEGER,
    LARGEST_NUMBER,
    Calendar,
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

CALENDAR = Calendar("1990-01-01", "2060-01-01")
BOUNDS = (CALENDAR.earliest, CALENDAR.latest)


# -- the custom expectations, on text --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("2024-02-29", True, True),
        ("1990-01-01", True, True),
        ("2059-12-31", True, True),
        ("2023-02-29", False, False),
        ("2024-13-05", False, False),
        ("2024-00-10", False, False),
        ("1989-12-31", False, False),
        ("2060-01-01", False, False),
        ("31/02/2024", False, False),
        ("2024-1-5", False, False),
        ("20240105", False, False),
        ("10000-01-01", False, False),
        ("0001-01-01", False, False),
        ("٢٠٢٤-٠١-٣١", False, False),
        ("٢٠٢٤-01-31", False, False),
        ("2024-01-31\n", False, False),
        ("now", False, False),
        ("nan", False, False),
        ("", False, False),
        ("2024-01-31T09:30:00Z", False, True),
        ("2024-01-31 09:30:00", False, True),
        ("2024-01-31T09:30", False, True),
        ("2024-01-31T09:30:00.123456789+02:00", False, True),
        ("2024-01-31T09:30:00-0530", False, True),
        ("2024-01-31T24:00:00Z", False, False),
        ("2024-01-31T09:60:00Z", False, False),
        ("2024-01-31T09:30:60Z", False, False),
        ("2024-01-31T09:30:00+25:00", False, False),
        ("2024-01-31T09:30:00 CET", False, False),
        ("2024-02-30T09:30:00Z", False, False),
        ("2024-01-31T", False, False),
        # In the calendar by its own clock, not in UTC.
        ("1990-01-01T00:30:00+02:00", False, False),
    ],
)
def test_days_and_moments_as_text(text, day, moment):
    assert is_day(pd.Series([text]), *BOUNDS).tolist() == [day]
    assert is_moment(pd.Series([text]), *BOUNDS).tolist() == [moment]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("0", True),
        ("-0", True),
        ("+12.50", True),
        ("000012", True),
        ("1000000000000", True),
        ("0.00003636363636363636", True),
        ("0.000036363636363636363", False),
        ("1000000000000.01", False),
        ("-1000000000001", False),
        ("1" * 40, False),
        ("1,5", False),
        ("12 000", False),
        ("12 000 EUR", False),
        ("1e5", False),
        ("1e400", False),
        ("nan", False),
        ("inf", False),
        ("Infinity", False),
        ("0x10", False),
        ("1_000", False),
        (".5", False),
        ("5.", False),
        ("٣", False),
        ("", False),
        ("-", False),
    ],
)
def test_numbers_as_text(text, good):
    assert is_number(pd.Series([text]), -LARGEST_NUMBER, LARGEST_NUMBER, False).tolist() == [good]


def test_bounds_and_wholeness_of_numbers():
    values = pd.Series(["-1", "0", "0.5", "1", "1.0", "2", "2147483647", "2147483648"])
    assert is_number(values, 0, LARGEST_INTEGER, True).tolist() == [
        *(False, True, False, True, True, True, True, False)
    ]
    assert is_number(values, 0, 1, False).tolist() == [
        *(False, True, True, True, True, False, False, False)
    ]


# -- and on columns that have their type already ---------------------------------------------------


@pytest.mark.parametrize(
    ("sql_type", "good", "bad"),
    [
        ("date", ["2024-02-29"], ["0001-01-01", "9999-12-31", "2060-01-01"]),
        ("timestamp", ["2024-02-29 23:59:59.999"], ["0001-01-01", "9999-12-31 10:00:00"]),
        ("timestamp_s", ["2024-02-29 23:59:59"], ["9999-12-31"]),
        ("timestamp_ns", ["2024-02-29 23:59:59"], ["1989-12-31"]),
        ("timestamptz", ["2024-02-29 23:59:59+01"], ["9999-12-31 10:00:00+00"]),
        ("varchar", ["2024-02-29"], ["2024-02-30"]),
        ("bigint", [], ["20240229"]),
    ],
)
def test_typed_days_and_moments(sql_type, good, bad):
    rows = ", ".join(f"(cast('{value}' as {sql_type}))" for value in good + bad)
    values = duckdb.sql(f"select * from (values {rows}) as t (x)").df()["x"]
    expected = [True] * len(good) + [False] * len(bad)
    assert is_day(values, *BOUNDS).tolist() == expected
    assert is_moment(values, *BOUNDS).tolist() == expected


@pytest.mark.parametrize(
    ("sql_type", "good", "bad"),
    [
        ("bigint", ["5", "1000000000000"], ["1000000000001", "-1"]),
        ("hugeint", ["5"], ["1" + "0" * 30]),
        ("double", ["0.25"], ["inf", "1e17", "-inf", "nan"]),
        ("float", ["0.25"], ["inf", "1e17"]),
        ("decimal(38, 10)", ["0.25"], ["1000000000000.1"]),
        ("boolean", [], ["true"]),
        ("date", [], ["2024-01-01"]),
    ],
)
def test_typed_numbers(sql_type, good, bad):
    rows = ", ".join(f"(cast('{value}' as {sql_type}))" for value in good + bad)
    values = duckdb.sql(f"select * from (values {rows}) as t (x)").df()["x"]
    expected = [True] * len(good) + [False] * len(bad)
    assert is_number(values, 0, LARGEST_NUMBER, False).tolist() == expected


def test_no_rows_and_no_values_are_no_error():
    for values in (pd.Series([], dtype="object"), pd.Series([], dtype="datetime64[us]")):
        assert is_day(values, *BOUNDS).tolist() == []
        assert is_moment(values, *BOUNDS).tolist() == []
    assert is_number(pd.Series([], dtype="object"), 0, 1, True).tolist() == []


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
    rules = [number("a", minimum=0), boolean("b"), filled("a"), filled("b")]
    found = {(rule.name, rule.column): rows for rule, rows in runner.unexpected(frame, rules)}
    assert found == {
        ("is_a_number_from_0", "a"): [12, 14],
        ("is_true_or_false", "b"): [13],
        ("is_filled", "a"): [13],
        ("is_filled", "b"): [11],
    }


def test_the_runner_lets_go_of_the_rows_that_it_has_checked(runner):
    frame = pd.DataFrame({"a": ["x"]}, index=pd.Index([1], name="input_row_id"))
    checked = weakref.ref(frame)
    runner.unexpected(frame, [filled("a")])
    del frame
    gc.collect()
    assert checked() is None


def test_null_is_no_wrong_value(runner):
    frame = frame_of(a=pd.Series([None, None], dtype="object"))
    rules = [number("a"), boolean("a"), Rule("day", "reject", "a", gate_day("a"))]
    assert [rows for _, rows in runner.unexpected(frame, rules)] == [[], [], []]


def gate_day(column):
    from expectations.rules import day

    return day(column, CALENDAR).expectation


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
    con = duckdb.connect()
    con.execute("create schema inputs; create schema reference")
    con.execute("create table reference.rates as select 'EUR' as currency")
    con.execute("create table inputs.input_owners as select 'a' as source_system, '1' as owner_id")
    con.execute(
        "create table inputs.input_pipelines as from (values ('a', 'p', 's1'), ('a', 'q', 's2')) "
        "as t (source_system, pipeline_id, stage_id)"
    )
    columns = ", ".join(f"{name} varchar" for name in COLUMNS)
    con.execute(f"create table inputs.input_things (input_row_id bigint, {columns})")
    for row_id, row in enumerate(rows, start=1):
        values = {**dict.fromkeys(COLUMNS), "source_system": "a", **row}
        con.execute(
            f"insert into inputs.input_things values ({', '.join('?' * 10)})",
            [row_id, *values.values()],
        )
    return con


def facts(rows, *names):
    con = warehouse(rows)
    frame = con.sql(rows_with_facts(THINGS, ["input_row_id", *COLUMNS])).df()
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
        {"owner_id": "2", "currency": "eur", "pipeline_id": "p", "stage_id": "s2"},
        {"owner_id": None, "currency": None, "pipeline_id": None, "stage_id": "s1"},
        {"owner_id": "1", "currency": "EUR", "source_system": "b"},
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
        {"began": "2024-05-02T23:00:00Z", "ended": "2024-05-02"},
        {"began": "2024-05-02", "ended": "2024-05-01T23:59:59Z"},
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
        ("2024-01-01..2024-04-01 2024-04-01..", [True, False]),
        # Whatever the order of arrival, the one that starts later is wrong.
        ("2024-04-01.. 2024-01-01..2024-04-01", [False, True]),
        # A period without an end runs for ever, and over all that follow.
        ("2024-01-01.. 2024-02-01..2024-02-29 2030-01-01..", [True, False, False]),
        # A long one covers what comes after the short one behind it.
        ("2024-01-01..2024-12-31 2024-02-01..2024-02-29 2024-06-01..", [True, False, False]),
        # Gaps are none of its business.
        ("2024-01-01..2024-01-31 2025-01-01..2025-01-01 2025-01-02..", [True, True, True]),
        # What starts on the same day is a copy, or a second row of one key: other rules' business.
        ("2024-01-01.. 2024-01-01..", [True, True]),
        # What is no period takes no other with it, and is not judged.
        ("2024-03-01..2024-01-31 2024-04-01..", [None, True]),
        ("2024-02-30.. 2024-04-01..", [None, True]),
        ("0204-01-01.. 2024-04-01..", [None, True]),
        ("2024/01/01.. 2024-04-01..", [None, True]),
        ("2024-01-01T09:30:00Z.. 2024-04-01..", [None, True]),
        ("2024-01-01..soon 2024-04-01..", [None, True]),
        ("2024-01-01..2999-12-31 2024-04-01..", [None, True]),
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
        "(1, '2024-01-01', '2024-03-31'), (2, '2024-03-31', null), (3, '2024-04-01', null)) "
        "as t (input_row_id, began, ended), (select 'a' as source_system, '1' as thing_id)"
    )
    found = con.sql(rows_with_facts(THINGS, ["input_row_id", *COLUMNS]))
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
    found = {f.rule.name: f for f in gate.check_table(con, runner, THINGS) if not f.is_met}
    assert sizes == [batch, batch, rows + 3 - 2 * batch]
    assert {name: finding.row_ids for name, finding in found.items()} == {
        "row_is_not_a_copy": [5001],
        "key_has_one_row": [9, 5002],
        "key_is_not_null": [5003],
        "is_known_in_owners": [1000, 2000, 3000, 4000, 5000, 5002],
    }
    assert {finding.row_count for finding in found.values()} == {rows + 3}
    assert found["is_known_in_owners"].keys[-1] == "8 / x"
    assert found["is_known_in_owners"].values == ["none"] * 6


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


def checked_loads(monkeypatch, rows, published, rejected=0, drop=0.5):
    con = duckdb.connect()
    con.execute("create schema inputs")
    con.execute(
        "create table inputs.input_deals as "
        f"select range as input_row_id, 'a' as source_system from range({rows})"
    )
    expected = pd.DataFrame(
        {
            "source_system": ["a"],
            "table_name": ["deals"],
            "max_rejected_share": [0.05],
            "max_load_drop_share": [drop],
        }
    )
    frame = pd.DataFrame(
        {"source_system": ["a"], "table_name": ["deals"], "published_row_count": [published]}
    )
    monkeypatch.setattr(
        loads, "published_loads", lambda: frame if published is not None else frame[:0]
    )
    found = [rejecting("deals", "is_a_number", rejected, "deal_amount", of=rows)]
    suites = [Suite(table="deals", key=("deal_id",), required=True)]
    return [
        f.rule.name
        for f in loads.check_loads(con, Runner(), suites, found, expected)
        if not f.is_met
    ]


@pytest.mark.parametrize(
    ("rows", "published", "rejected", "drop", "broken"),
    [
        (100, None, 0, 0.5, []),
        (50, 100, 0, 0.5, []),
        (49, 100, 0, 0.5, ["load_did_not_drop_by_more_than_50%"]),
        # 1 - 0.7 is more than 0.3 to a computer.
        (70, 100, 0, 0.3, []),
        (69, 100, 0, 0.3, ["load_did_not_drop_by_more_than_30%"]),
        (1, 100, 0, 1, []),
        (5, 0, 0, 0.5, []),
        (100, 100, 5, 0.5, []),
        (100, 100, 6, 0.5, ["no_more_than_5%_of_the_rows_are_rejected"]),
        (0, None, 0, 0.5, ["required_table_is_not_empty"]),
    ],
)
def test_thresholds_of_whole_loads(monkeypatch, rows, published, rejected, drop, broken):
    assert checked_loads(monkeypatch, rows, published, rejected, drop) == broken


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
    expected = pd.DataFrame(
        [("a", "deals", 0.05, 0.5)],
        columns=["source_system", "table_name", "max_rejected_share", "max_load_drop_share"],
    )
    suites = [Suite(table="deals", key=("deal_id",))]
    found = [
        f.message for f in loads.check_loads(con, Runner(), suites, [], expected) if not f.is_met
    ]
    assert found == [
        "published: published_file_is_readable: the loads cannot be compared with those of "
        f"{path}: not a DuckDB file; move that file away to build without it"
    ]


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
    "date": ["date '2024-02-29'", "date '0001-01-01'", "date '9999-12-31'"],
    "timestamp": ["timestamp '2024-02-29 10:11:12.13'", "timestamp '9999-12-31 00:00:00'"],
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
    with duckdb.connect() as con:
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute("attach ':memory:' as revops")
        con.execute("use revops")
        for schema in ("inputs", "reference", "quality"):
            con.execute(f"create schema {schema}")
        for schema, table in con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'demo' and "
            "(schema_name in ('inputs', 'reference') or table_name = 'rejected_rows')"
        ).fetchall():
            rows = "" if schema == "reference" else " limit 0"
            con.execute(f"create table {schema}.{table} as from demo.{schema}.{table}{rows}")
        yield con


SUITES = {suite.table: suite for suite in gate.all_suites(CALENDAR)}


def typed_columns(suite):
    """Return the columns whose rules are about a type."""
    about = re.compile("is_a_|is_true_or_false")
    return {rule.column for rule in suite.rules if about.match(rule.name)}


def key_of(suite, number):
    """Return the cells of a key like no other: a day, where the suite asks for one."""
    day = datetime.date(2000, 1, 1) + datetime.timedelta(days=number)
    days = {rule.column for rule in suite.rules if rule.name.startswith("is_a_day")}
    return {column: str(day) if column in days else f"k{number}" for column in suite.key}


def accepted_and_staged(con, runner, suite, query):
    """Run the gate on an input table, set aside what it rejects, and run the staging query."""
    rejected = {
        row_id
        for found in gate.check_table(con, runner, suite)
        if found.rule.severity == "reject"
        for row_id in found.row_ids
    }
    con.execute("delete from quality.rejected_rows")
    con.execute(
        "insert into quality.rejected_rows (table_name, input_row_id) "
        "select ?, unnest(?::bigint[])",
        [suite.table, sorted(rejected)],
    )
    # Fails here, if the gate let anything pass that a cast does not take.
    con.execute(f"create or replace table staged as {query}")
    [[arrived]] = con.execute(f"select count(*) from inputs.input_{suite.table}").fetchall()
    [[staged]] = con.execute("select count(*) from staged").fetchall()
    assert staged + len(rejected) == arrived
    return staged


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
    staged = accepted_and_staged(con, runner, suite, staging_queries[f"stg_{table}"])
    if typed_columns(suite) - set(suite.key):
        assert 0 < staged < ROWS
    # A rate has more digits than Decimal rounds to by itself.
    exactly = Context(prec=60, rounding=ROUND_HALF_UP)
    for arrived, value in pairs_of(table, con, "DECIMAL"):
        assert value == Decimal(arrived).quantize(value, context=exactly), arrived
    for arrived, value in pairs_of(table, con, "TIMESTAMP"):
        text = re.sub(r"(\.\d{6})\d+", r"\1", arrived)
        moment = datetime.datetime.fromisoformat(text)
        if len(text) == 10:
            continue
        if moment.tzinfo:
            moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
        assert value == moment, arrived


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
            f"where inputs.{column} is not null"
        ).fetchall()
    ]


@pytest.mark.parametrize("table", [t for t in SUITES if typed_columns(SUITES[t])])
def test_what_the_gate_accepts_of_typed_columns_staging_casts(
    table, empty_warehouse, runner, staging_queries
):
    con, suite = empty_warehouse, SUITES[table]
    columns = [row[0] for row in con.execute(f"describe inputs.input_{table}").fetchall()]
    for sql_type, values in TYPED.items():
        for column in sorted(typed_columns(suite)):
            cells = " union all ".join(
                f"select {n} as n, cast({value} as {sql_type}) as cell"
                for n, value in enumerate(values)
            )
            keys = [key_of(suite, n) for n in range(len(values))]
            selected = ", ".join(
                {
                    "input_row_id": "cast(n as bigint)",
                    "source_system": "'a'",
                    **{name: f"{[key[name] for key in keys]}[n + 1]" for name in suite.key},
                    column: "cell",
                }.get(name, "cast(null as varchar)")
                + f" as {name}"
                for name in columns
            )
            con.execute(
                f"create or replace table inputs.input_{table} as select {selected} from ({cells})"
            )
            # Fails here, if a fact does not take whatever stands in the cells.
            con.execute(f"create or replace temp table facts as {rows_with_facts(suite, columns)}")
            bare = Suite(
                table,
                suite.key,
                suite.is_unique,
                rules=tuple(r for r in suite.rules if r.column == column),
            )
            accepted_and_staged(con, runner, bare, staging_queries[f"stg_{table}"])
