"""The history of the figures and the alerts: small worlds, and the project's own views on top."""

import datetime
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import duckdb
import pytest
import yaml

import publication
from publication import content, history, log, report

UNITS = Path(__file__).parents[2] / "seeds" / "reference" / "units.csv"
LIST = Path(__file__).parents[2] / "models" / "marts" / "calendar" / "fct_record_findings.yml"
REPORTS = [
    "kpi_values_as_published", "kpi_history", "kpi_restatements", "alert_events", "alerts",
    "records_to_fix", "records_to_fix_trend",
]  # fmt: skip
RELATIONS = [
    content.Relation(schema, name, "", {})
    for schema, name in [
        ("marts", "dim_periods"),
        ("marts", "dim_owners"),
        ("marts", "fct_input_loads"),
        ("marts", "fct_record_findings"),
        ("kpis", "kpi_catalog"),
        ("kpis", "kpi_variants"),
        ("kpis", "kpi_inputs"),
        ("kpis", "kpi_tolerances"),
        ("kpis", "kpi_values"),
        ("kpis", "scorecard"),
        ("kpis", "units"),
        *(("kpis", name) for name in [*history.TABLES, *REPORTS]),
    ]
]
# Win rate and churn of three quarters, the last of which is not over on the reporting date.
WIN_RATE = ("win_rate", "count", "quarter")
CHURN = ("churn", "standard", "quarter")
Q1, Q2, Q3 = "2025-01-01", "2025-04-01", "2025-07-01"
ENDS = {Q1: "2025-03-31", Q2: "2025-06-30", Q3: "2025-09-30"}
TOTAL, EAST = ("all", "all"), ("team", "East")
FIGURES = {
    (*WIN_RATE, Q1, *TOTAL): 0.25,
    (*WIN_RATE, Q1, *EAST): 0.30,
    (*WIN_RATE, Q2, *TOTAL): 0.20,
    (*WIN_RATE, Q3, *TOTAL): 0.40,
    (*CHURN, Q1, *TOTAL): 0.05,
    (*CHURN, Q2, *TOTAL): None,
}
# {kpi: (unit, English name, French name)}
NAMES = {
    "win_rate": ("share", "Win rate", "Taux de gain"),
    "churn": ("share", "Churn", "Attrition"),
    "mrr": ("amount", "MRR", "MRR"),
}
# The input tables that they read.
READ = {"win_rate": ("deals", "quotes"), "churn": ("deals", "invoices")}
# A KPI on the scorecard: what it has in each of these columns, and null in all others.
SCORECARD = {
    "kpi": "varchar",
    "variant": "varchar",
    "name_en": "varchar",
    "name_fr": "varchar",
    "period_grain": "varchar",
    "period_start": "date",
    "period_end": "date",
    "value": "decimal(28, 8)",
    "unit": "varchar",
    "target": "decimal(28, 8)",
    "baseline_mean": "decimal(28, 8)",
    "status": "varchar",
    "status_source": "varchar",
    "previous_status": "varchar",
}
LOADS = {"deals": (100, 2, "mark a"), "invoices": (50, 0, "mark b")}
# {key: (owner, finding, money, money once)}: what is wrong with which record.
FINDINGS = {
    "past due: deal 1": ("s:mia", "open_deal_past_due", 100, 100),
    "no company: deal 1": ("s:mia", "deal_without_company", 100, 0),
    "no amount: deal 2": ("s:ben", "deal_won_without_amount", None, None),
    "no owner: deal 3": (None, "open_deal_without_owner", 30, 30),
}


class World:
    """A build file and a published file; each build writes the figures that it is given."""

    def __init__(self, folder: Path, views: dict[str, str]) -> None:
        self.build = folder / "build" / "revops.duckdb"
        self.published = folder / "published" / "revops.duckdb"
        self.views = views
        self.figures, self.loads = dict(FIGURES), dict(LOADS)
        self.findings = dict(FINDINGS)
        self.provisional: set[tuple] = set()
        self.scorecard: list[dict] = []
        self.reporting_date = "2025-08-15"
        self.kept_days = history.KEPT_DAYS
        self.build.parent.mkdir(parents=True)

    def compute(self, con) -> None:
        """Do what the models do: the figures, the comparison, and the reports on it."""
        for schema in ("marts", "kpis", "quality"):
            con.execute(f"create schema if not exists {schema}")
        con.execute(
            "create or replace table marts.dim_periods as "
            f"select date '{self.reporting_date}' as reporting_date"
        )
        fill(
            con,
            "marts.fct_input_loads",
            "source_system varchar, table_name varchar, row_count bigint, "
            "staged_row_count bigint, rejected_row_count bigint, content_hash varchar",
            [
                ("demo", table, rows, rows - rejected, rejected, mark)
                for table, (rows, rejected, mark) in self.loads.items()
            ],
        )
        kpis = {key[:2] for key in self.figures}
        fill(
            con,
            "kpis.kpi_catalog",
            "kpi varchar, status varchar, unit varchar, name_en varchar, name_fr varchar",
            [
                (kpi, "available", *NAMES.get(kpi, ("share", kpi, kpi)))
                for kpi in {kpi for kpi, _ in kpis}
            ],
        )
        fill(
            con,
            "kpis.kpi_variants",
            "kpi varchar, variant varchar, is_default boolean",
            [(*kpi, True) for kpi in kpis],
        )
        fill(
            con,
            "kpis.kpi_inputs",
            "kpi varchar, table_name varchar",
            [(kpi, table) for kpi, tables in READ.items() for table in tables],
        )
        fill(
            con,
            "kpis.kpi_tolerances",
            "kpi varchar, restated_share decimal(18, 6)",
            [("all", 0.005), ("churn", 0.2)],
        )
        fill(
            con,
            "kpis.kpi_values",
            "kpi varchar, variant varchar, period_grain varchar, period_start date, "
            "period_end date, dimension varchar, segment varchar, value decimal(28, 8), "
            "is_provisional boolean, null_reason varchar",
            [
                (
                    *(kpi, variant, grain, start, ENDS[start], *segment, value),
                    ENDS[start] > self.reporting_date
                    or (kpi, variant, grain, start, *segment) in self.provisional,
                    None if value is not None else "no_source",
                )
                for (kpi, variant, grain, start, *segment), value in self.figures.items()
            ],
        )
        fill(
            con,
            "kpis.scorecard",
            ", ".join(f"{column} {kind}" for column, kind in SCORECARD.items()),
            [[row.get(column) for column in SCORECARD] for row in self.scorecard],
        )
        fill(
            con,
            "marts.fct_record_findings",
            ", ".join(f"{column} {kind}" for column, kind in finding_columns().items()),
            [
                [
                    {
                        "finding_key": key, "owner_id": owner, "finding": finding,
                        "money_amount": money, "money_once_amount": money_once,
                        "owner_name": "Mia" if owner == "s:mia" else None, "currency": "EUR",
                    }.get(column)
                    for column in finding_columns()
                ]
                for key, (owner, finding, money, money_once) in self.findings.items()
            ],
        )  # fmt: skip
        fill(
            con,
            "marts.dim_owners",
            "owner_id varchar, owner_name varchar, team varchar",
            [("s:mia", "Mia", "North")],
        )
        con.execute(
            f"create or replace table kpis.units as from read_csv('{UNITS}', header = true)"
        )
        for name in history.TABLES:
            history.table(con, name, self.kept_days).create(f"kpis.{name}_new")
            con.execute(f"create or replace table kpis.{name} as from kpis.{name}_new")
            con.execute(f"drop table kpis.{name}_new")
        for name, sql in self.views.items():
            con.execute(f"create or replace view kpis.{name} as {sql}")

    def publish(self, con):
        """Do what the last node does, and return the moment of the publication."""
        rows = publication.publish(
            con, self.published, RELATIONS, 3, 0, kept_history_days=self.kept_days
        )
        relation = log.as_relation(con, rows)
        if con.execute(
            "select 1 from duckdb_tables() where table_name = 'publications'"
        ).fetchall():
            relation.insert_into(history.LOG)
        else:
            relation.create(history.LOG)
        return rows[-1]["published_at"]

    def make(self):
        """Build and publish; return the moment."""
        with duckdb.connect(str(self.build)) as con:
            self.compute(con)
            return self.publish(con)

    def fail(self):
        """Build, and publish nothing."""
        with duckdb.connect(str(self.build)) as con:
            self.compute(con)

    def read(self, sql, *values, path=None):
        """Return the rows of a query on the published file."""
        with duckdb.connect(str(path or self.published), read_only=True) as con:
            return con.execute(sql, values).fetchall()

    def changes(self):
        """Return the change of each figure that moved: {key: (change, before, now)}, by moment."""
        found = {}
        for moment, *key, change, before, now in self.read(
            "select published_at, kpi, variant, period_grain, cast(period_start as varchar), "
            "dimension, segment, change, cast(value_before as double), cast(value as double) "
            "from kpis.kpi_published_changes"
        ):
            found.setdefault(moment, {})[tuple(key)] = (change, before, now)
        return found

    def comparisons(self):
        """Return how each publication was compared, oldest first."""
        return [
            comparison
            for (comparison,) in self.read(
                "select comparison from kpis.kpi_publications order by published_at"
            )
        ]

    def first_seen(self):
        """Return {finding: the publication that had it first}."""
        return dict(self.read("select finding_key, first_seen_at from kpis.records_to_fix"))

    def trend(self):
        """Return {publication: {owner: (findings, money)}}."""
        found = {}
        for moment, owner, count, money in self.read(
            "select published_at, owner_name, finding_count, cast(money_amount as double) "
            "from kpis.records_to_fix_trend"
        ):
            found.setdefault(moment, {})[owner] = (count, money)
        return found

    def said(self, key, moment):
        """Return what was published of a figure at a moment, as values."""
        return [
            value
            for (value,) in self.read(
                "select cast(value as double) from kpis.kpi_values_as_published "
                "where kpi = ? and variant = ? and period_grain = ? and period_start = ? "
                "and dimension = ? and segment = ? and published_from <= ? "
                "and (published_until is null or published_until > ?)",
                *key,
                moment,
                moment,
            )
        ]


def finding_columns():
    """Return the columns of the list of findings with their types."""
    [model] = yaml.safe_load(LIST.read_text(encoding="utf-8"))["models"]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def fill(con, table, columns, rows):
    """Write a table anew."""
    con.execute(f"create or replace table {table} ({columns})")
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


@pytest.fixture(scope="module")
def views(demo_build):
    """The SQL of the reports, as dbt has compiled it: the build files bear the same name."""
    nodes = demo_build.manifest["nodes"]
    return {name: nodes[f"model.revops.{name}"]["compiled_code"] for name in REPORTS}


@pytest.fixture
def world(tmp_path, views, monkeypatch):
    made = World(tmp_path, views)
    monkeypatch.setenv("REVOPS_PUBLISHED_PATH", str(made.published))
    return made


Q1_WIN_RATE, Q1_EAST = (*WIN_RATE, Q1, *TOTAL), (*WIN_RATE, Q1, *EAST)
Q2_WIN_RATE, Q3_WIN_RATE = (*WIN_RATE, Q2, *TOTAL), (*WIN_RATE, Q3, *TOTAL)
Q1_CHURN, Q2_CHURN = (*CHURN, Q1, *TOTAL), (*CHURN, Q2, *TOTAL)


def test_a_late_change_is_remembered_and_restated_with_its_input(world):
    """A deal of the first quarter was corrected: 25 % became 27 %, and one input is another one."""
    first = world.make()
    assert world.comparisons() == ["first"]
    assert world.changes() == {}
    world.figures[Q1_WIN_RATE] = 0.27
    # The quarter that runs moves every day: nobody calls that a restatement.
    world.figures[Q3_WIN_RATE] = 0.41
    world.loads["deals"] = (100, 2, "mark c")
    second = world.make()

    assert world.comparisons() == ["first", "compared"]
    assert world.changes() == {second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)}}
    assert world.read(
        "select kpi, cast(period_start as varchar), segment, published_before_at, "
        "cast(value_before as double), cast(value as double), cast(difference as double), "
        "cast(relative_difference as double), changed_inputs from kpis.kpi_restatements"
    ) == [("win_rate", Q1, "all", first, 0.25, 0.27, 0.02, 0.08, "deals")]
    assert world.read(
        "select kpi, cast(period_start as varchar), cast(value_first_published as double), "
        "cast(value_now as double), cast(difference as double), first_published_at, "
        "first_moved_at, last_moved_at, move_count, is_published_now from kpis.kpi_history"
    ) == [("win_rate", Q1, 0.25, 0.27, 0.02, first, second, second, 1, True)]
    # The board's question: of a figure that moved, of one that did not, of one that nobody knows.
    assert world.said(Q1_WIN_RATE, first) == [0.25]
    assert world.said(Q1_WIN_RATE, second) == [0.27]
    assert world.said(Q1_CHURN, first) == world.said(Q1_CHURN, second) == [0.05]
    assert world.said(Q1_CHURN, first - datetime.timedelta(days=1)) == []
    assert world.said(Q3_WIN_RATE, second) == []
    assert world.read("select max(published_at) from kpis.kpi_publications") == [(second,)]
    assert world.read(
        f"select published_at from {history.LOG} order by published_at", path=world.build
    ) == [(first,), (second,)]


def test_a_figure_that_moves_again_has_each_of_its_values(world):
    moments = []
    for value in (0.25, 0.27, 0.26, None, 0.25):
        world.figures[Q1_WIN_RATE] = value
        moments.append(world.make())
    assert [world.said(Q1_WIN_RATE, moment) for moment in moments] == [
        [0.25], [0.27], [0.26], [None], [0.25]
    ]  # fmt: skip
    assert world.read(
        "select cast(value_first_published as double), cast(value_now as double), "
        "first_published_at, first_moved_at, last_moved_at, move_count from kpis.kpi_history"
    ) == [(0.25, 0.25, moments[0], moments[1], moments[4], 4)]
    spans = world.read(
        "select published_from, published_until from kpis.kpi_values_as_published "
        "where kpi = 'win_rate' and segment = 'all' and period_start = ? order by 1",
        Q1,
    )
    assert spans == list(zip(moments, [*moments[1:], None], strict=True))


def test_an_unchanged_build_moves_nothing_and_lets_the_file_be_as_large(world):
    world.make()
    world.figures[Q1_WIN_RATE] = 0.27
    world.make()
    changes = world.changes()
    world.make()
    # From here on the alert of the restatement is an earlier one, too.
    size = world.published.stat().st_size
    for _ in range(2):
        last = world.make()
    assert world.changes() == changes
    assert world.published.stat().st_size == size
    assert world.comparisons() == ["first", *["compared"] * 4]
    assert world.read("select count(*) from kpis.kpi_restatements") == [(0,)]
    assert world.read("select distinct change from kpis.input_changes") == [("none",)]
    assert world.said(Q1_WIN_RATE, last) == [0.27]


def test_only_what_moved_by_more_than_the_tolerance_is_restated(world):
    """0.5 % of its value for the win rate, 20 % for churn; to or from no value always counts."""
    world.make()
    world.figures[Q1_WIN_RATE] = 0.25125
    world.figures[Q2_WIN_RATE] = 0.20101
    world.figures[Q1_CHURN] = 0.06
    world.figures[Q2_CHURN] = 0.04
    world.make()
    restated = "select kpi, cast(period_start as varchar) from kpis.kpi_restatements order by all"
    assert world.read(restated) == [("churn", Q2), ("win_rate", Q2)]
    assert len(world.read("from kpis.kpi_history")) == 4
    world.figures[Q1_CHURN] = 0.0473
    world.figures[Q2_CHURN] = None
    world.make()
    assert world.read(restated) == [("churn", Q1), ("churn", Q2)]


def test_a_provisional_figure_is_remembered_and_not_restated(world):
    """It said itself that it would move; that it became final is no move."""
    world.provisional = {Q1_WIN_RATE, Q2_WIN_RATE}
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.30
    world.provisional = set()
    second = world.make()
    assert world.changes()[second] == {
        Q1_WIN_RATE: ("moved", 0.25, 0.30),
        Q2_WIN_RATE: ("final", 0.20, 0.20),
    }
    assert world.read("from kpis.kpi_restatements") == []
    assert [row[3] for row in world.read("from kpis.kpi_history")] == [datetime.date(2025, 1, 1)]
    assert world.said(Q1_WIN_RATE, first) == [0.25]
    assert world.read(
        "select is_provisional from kpis.kpi_values_as_published where kpi = 'win_rate' "
        "and period_start = ? order by published_from",
        Q2,
    ) == [(True,), (False,)]


def test_a_segment_that_comes_or_goes_is_a_move(world):
    first = world.make()
    del world.figures[Q1_EAST]
    west = (*WIN_RATE, Q1, "team", "West")
    idle = (*WIN_RATE, Q1, "team", "Idle")
    world.figures |= {west: 0.1, idle: 0}
    second = world.make()
    assert world.changes()[second] == {
        Q1_EAST: ("vanished", 0.30, None),
        west: ("appeared", None, 0.1),
        idle: ("appeared", None, 0),
    }
    # A segment with nothing in it is not worth a word.
    assert world.read("select segment, change from kpis.kpi_restatements order by all") == [
        ("East", "vanished"),
        ("West", "appeared"),
    ]
    assert [world.said(Q1_EAST, moment) for moment in (first, second)] == [[0.30], []]
    assert [world.said(west, moment) for moment in (first, second)] == [[], [0.1]]
    assert world.read(
        "select segment, first_published_at, is_published_now from kpis.kpi_history order by 1"
    ) == [("East", first, False), ("Idle", second, True), ("West", second, True)]
    del world.figures[west]
    world.figures[Q1_EAST] = 0.31
    third = world.make()
    assert [world.said(Q1_EAST, moment) for moment in (first, second, third)] == [
        [0.30], [], [0.31]
    ]  # fmt: skip
    assert [world.said(west, moment) for moment in (first, second, third)] == [[], [0.1], []]


def test_a_new_or_removed_kpi_or_cut_is_told_and_is_no_move(world):
    """A renamed one is both. What is new cannot be followed back to before it came."""
    first = world.make()
    renamed = ("churn_rate", "standard", "quarter")
    world.figures = {
        (*renamed, *key[3:]) if key[:3] == CHURN else key: value
        for key, value in world.figures.items()
    }
    country = (*WIN_RATE, Q1, "country", "FR")
    world.figures[country] = 0.2
    second = world.make()
    assert world.changes() == {}
    assert world.read(
        "select new_kpis, removed_kpis from kpis.kpi_publications where published_at = ?", second
    ) == [("churn_rate", "churn")]
    for key in (country, (*renamed, Q1, *TOTAL)):
        assert world.said(key, first) == []
        assert world.said(key, second) != []
    world.figures[country] = 0.3
    third = world.make()
    assert world.changes() == {third: {country: ("moved", 0.2, 0.3)}}
    assert world.said(country, second) == [0.2]


def test_a_period_that_is_over_now_is_published_from_then_on(world):
    world.make()
    world.figures[Q3_WIN_RATE] = 0.5
    world.reporting_date = "2025-09-30"
    second = world.make()
    assert world.changes() == {}
    assert world.said(Q3_WIN_RATE, second) == [0.5]
    assert world.read(
        "select published_from from kpis.kpi_values_as_published where period_start = ?", Q3
    ) == [(second,)]
    world.figures[Q3_WIN_RATE] = 0.6
    third = world.make()
    assert world.changes() == {third: {Q3_WIN_RATE: ("moved", 0.5, 0.6)}}


# -- what may happen to the files ------------------------------------------------------------------


def test_a_lost_build_file_loses_no_history(world):
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    world.build.unlink()
    world.figures[Q2_WIN_RATE] = 0.22
    third = world.make()
    assert world.changes() == {
        second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)},
        third: {Q2_WIN_RATE: ("moved", 0.20, 0.22)},
    }
    assert world.said(Q1_WIN_RATE, first) == [0.25]


def test_a_lost_published_file_loses_what_never_moved(world):
    """The build file has what moved; of all else nobody knows any more what was published."""
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    # A build that fails leaves a change in the build file that nobody has seen.
    world.figures[Q2_WIN_RATE] = 0.9
    world.fail()
    world.published.unlink()
    for generation in world.published.parent.glob("revops.2*"):
        generation.unlink()
    world.figures |= {Q1_WIN_RATE: 0.28, Q2_WIN_RATE: 0.22}
    third = world.make()
    assert world.comparisons() == ["first", "compared", "published_file_lost"]
    assert world.changes() == {
        second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)},
        third: {Q1_WIN_RATE: ("moved", 0.27, 0.28)},
    }
    assert [world.said(Q1_WIN_RATE, moment) for moment in (first, second, third)] == [
        [0.25], [0.27], [0.28]
    ]  # fmt: skip
    assert [world.said(Q2_WIN_RATE, moment) for moment in (first, third)] == [[], [0.22]]
    world.figures[Q2_WIN_RATE] = 0.23
    fourth = world.make()
    assert world.changes()[fourth] == {Q2_WIN_RATE: ("moved", 0.22, 0.23)}


def test_a_failed_build_is_no_publication(world):
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.9
    world.fail()
    world.fail()
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    assert world.changes() == {second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)}}
    assert world.read(
        "select published_at, compared_with from kpis.kpi_publications order by 1"
    ) == [(first, None), (second, first)]


def test_after_a_rollback_the_history_is_that_of_the_file_before(world):
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.9
    world.make()
    publication.roll_back(world.published, world.build)
    assert world.changes() == {}
    assert world.comparisons() == ["first"]
    world.figures[Q1_WIN_RATE] = 0.27
    third = world.make()
    assert world.changes() == {third: {Q1_WIN_RATE: ("moved", 0.25, 0.27)}}
    assert world.read(
        "select published_before_at, cast(value_before as double) from kpis.kpi_restatements"
    ) == [(first, 0.25)]


@pytest.mark.parametrize("meanwhile", ["publication", "rollback"])
def test_the_comparison_is_with_the_file_that_is_replaced(world, meanwhile):
    """Another build publishes, or somebody rolls back, while this one runs."""
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.26
    if meanwhile == "rollback":
        world.make()
    with duckdb.connect(str(world.build)) as con:
        own = dict(world.figures)
        world.figures[Q1_WIN_RATE] = 0.27
        world.compute(con)
        if meanwhile == "rollback":
            publication.roll_back(world.published, world.build.with_name("other.duckdb"))
            expected = {Q1_WIN_RATE: ("moved", 0.25, 0.27)}
        else:
            other = World(world.published.parent / "other", world.views)
            other.published, other.figures = world.published, own
            between = other.make()
            expected = {Q1_WIN_RATE: ("moved", 0.26, 0.27)}
        last = world.publish(con)
    changes = world.changes()
    assert changes.pop(last) == expected
    if meanwhile == "publication":
        assert changes.pop(between) == {Q1_WIN_RATE: ("moved", 0.25, 0.26)}
    assert changes == {}
    assert world.said(Q1_WIN_RATE, first) == [0.25]


def test_what_was_published_once_is_not_published_again_under_its_moment(world):
    """The last node alone publishes the same figures: a publication of its own, without a move."""
    world.make()
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    with duckdb.connect(str(world.build)) as con:
        third = world.publish(con)
    assert third > second
    assert world.changes() == {second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)}}
    assert world.read("from kpis.kpi_restatements") == []


def test_the_file_of_an_older_version_is_compared_all_the_same(world):
    """It has no history; when it was written is when it was published."""
    world.make()
    strip(world, [*history.TABLES, *REPORTS])
    with duckdb.connect(str(world.build)) as con:
        for name in history.TABLES:
            con.execute(f"drop table kpis.{name}")
    written = datetime.datetime(2025, 8, 16, 4, 30)
    moment = written.replace(tzinfo=datetime.UTC).timestamp()
    os.utime(world.published, (moment, moment))
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    assert world.comparisons() == ["first", "compared"]
    assert world.changes() == {second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)}}
    assert world.said(Q1_WIN_RATE, written) == [0.25]
    assert world.said(Q1_CHURN, written) == [0.05]


def test_a_file_without_the_columns_is_no_file_to_compare_with(world):
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    strip(world, REPORTS, "alter table kpis.kpi_values rename null_reason to why")
    world.figures |= {Q1_WIN_RATE: 0.28, Q2_WIN_RATE: 0.22}
    third = world.make()
    assert world.comparisons() == ["first", "compared", "not_comparable"]
    assert world.changes() == {second: {Q1_WIN_RATE: ("moved", 0.25, 0.27)}}
    assert world.read("from kpis.kpi_restatements") == []
    assert world.said(Q1_WIN_RATE, first) == [0.25]
    assert world.said(Q1_WIN_RATE, third) == [0.28]
    assert world.said(Q2_WIN_RATE, second) == []


def strip(world, names, *statements):
    """Take tables and views out of the published file, and change it."""
    world.published.chmod(0o644)
    with duckdb.connect(str(world.published)) as con:
        for name in reversed(names):
            kind = "view" if name in REPORTS else "table"
            con.execute(f"drop {kind} kpis.{name}")
        for statement in statements:
            con.execute(statement)


def test_history_is_kept_for_as_long_as_was_asked(world):
    first = world.make()
    world.figures[Q1_WIN_RATE] = 0.27
    second = world.make()
    # A hundred days go by.
    strip(
        world,
        [],
        *(
            f"update kpis.{table} set {column} = {column} - interval 100 day"
            for table, column in [
                ("kpi_publications", "published_at"),
                ("kpi_published_cuts", "published_since"),
                ("kpi_published_changes", "published_at"),
                ("findings_by_publication", "published_at"),
                ("findings_first_seen", "first_seen_at"),
            ]
        ),
    )
    world.figures[Q1_WIN_RATE] = 0.28
    world.kept_days = 99
    third = world.make()
    ago = datetime.timedelta(days=100)
    # The second one is what was published on the first day that is remembered.
    assert world.read("select published_at from kpis.kpi_publications order by 1") == [
        (second - ago,),
        (third,),
    ]
    assert world.changes() == {third: {Q1_WIN_RATE: ("moved", 0.27, 0.28)}}
    # A finding is as old as it is, however short the memory of figures.
    assert set(world.trend()) == {second - ago, third}
    assert world.first_seen() == dict.fromkeys(FINDINGS, first - ago)
    assert world.read("select min(published_at) from kpis.findings_by_publication") == [
        (second - ago,)
    ]
    assert [world.said(Q1_WIN_RATE, moment) for moment in (first - ago, second - ago, third)] == [
        [], [0.27], [0.28]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("load", "change"),
    [
        ((101, 2, "mark c"), "row_count"),
        ((100, 3, "mark a"), "rejected_rows"),
        ((100, 2, "mark c"), "content"),
        (None, "gone"),
    ],
)
def test_inputs_that_are_others_are_named(world, load, change):
    """Also where not a row more or less was read: one cell is enough."""
    world.make()
    del world.loads["deals"]
    if load:
        world.loads["deals"] = load
    world.loads["quotes"] = (5, 0, "mark d")
    world.figures[Q1_WIN_RATE] = 0.27
    world.make()
    assert world.read("select table_name, change from kpis.input_changes order by 1") == [
        ("deals", change),
        ("invoices", "none"),
        ("quotes", "new"),
    ]
    assert world.read("select changed_inputs from kpis.kpi_restatements") == [("deals, quotes",)]


# -- alerts ----------------------------------------------------------------------------------------


def on_scorecard(kpi, value, status, previous_status=None, grain="quarter", **more):
    """Return a row of the scorecard, of a KPI of `NAMES`; by default its period is Q2 2025."""
    unit, english, french = NAMES[kpi]
    return {
        "kpi": kpi, "variant": "count" if kpi == "win_rate" else "standard",
        "name_en": english, "name_fr": french, "unit": unit,
        "period_grain": grain, "period_start": Q2, "period_end": ENDS[Q2],
        "value": value, "status": status, "previous_status": previous_status, **more,
    }  # fmt: skip


def alerts_of(world):
    """Return the alerts of the last publication, first place first."""
    return world.read(
        "select kind, message_en, message_fr from kpis.alerts "
        "where published_at = (select max(published_at) from kpis.kpi_publications) order by place"
    )


def test_a_kpi_is_told_once_when_it_goes_off_track_and_when_it_comes_back(world):
    """At the first publication, what has changed since the period before is told."""
    target = {"target": 0.25, "status_source": "target"}
    world.scorecard = [
        on_scorecard("win_rate", 0.2134, "off_track", "on_track", **target),
        on_scorecard("churn", 0.05, "off_track", "off_track", baseline_mean=0.04),
        on_scorecard("mrr", 1234567.4, "on_track", "watch", **target),
    ]
    first = world.make()
    assert alerts_of(world) == [
        (
            "off_track",
            "Win rate, Q2 2025: 21.3 % (target 25.0 %), off track since this period",
            "Taux de gain, T2 2025\u00a0: 21,3\u00a0% (objectif 25,0\u00a0%), "
            "hors objectif depuis cette période",
        )
    ]
    world.make()
    assert alerts_of(world) == []
    world.scorecard = [
        on_scorecard("win_rate", 0.26, "on_track", **target),
        on_scorecard("churn", 0.041, "watch", baseline_mean=0.04, status_source="baseline"),
        on_scorecard("mrr", -1234567.4, "off_track", "off_track", "month"),
        on_scorecard("mrr", 5, "no_target", "off_track", "week"),
    ]
    third = world.make()
    assert [alert[:2] for alert in alerts_of(world)] == [
        ("back_on_track", "Win rate, Q2 2025: 26.0 % (target 25.0 %), back on track"),
        ("off_track", "MRR, April 2025: -1,234,567 EUR, off track"),
        (
            "back_on_track",
            "Churn, Q2 2025: 4.1 % (usually 4.0 %), no longer off track, to be watched",
        ),
    ]
    assert alerts_of(world)[1][2] == (
        "MRR, avril 2025\u00a0: -1\u00a0234\u00a0567\u00a0EUR, hors objectif"
    )
    world.make()
    # A tool that asks once a day misses none.
    assert world.read(
        "select published_at, count(*) from kpis.alerts group by all order by all"
    ) == [(first, 1), (third, 3)]


def test_what_was_restated_is_told_for_totals_of_default_variants(world):
    world.make()
    world.figures |= {Q1_WIN_RATE: 0.3, Q1_EAST: 0.5, Q2_CHURN: 0.02}
    world.loads["deals"] = (100, 2, "mark c")
    world.make()
    assert alerts_of(world) == [
        (
            "restated",
            "Churn, Q2 2025: restated from no value to 2.0 % (changed inputs: deals)",
            "Attrition, T2 2025\u00a0: corrigé, aucune valeur avant, 2,0\u00a0% maintenant "
            "(données modifiées\u00a0: deals)",
        ),
        (
            "restated",
            "Win rate, Q1 2025: restated from 25.0 % to 30.0 % (changed inputs: deals)",
            "Taux de gain, T1 2025\u00a0: corrigé, 25,0\u00a0% avant, 30,0\u00a0% maintenant "
            "(données modifiées\u00a0: deals)",
        ),
    ]


def test_the_screen_has_the_first_lines_of_each_kind_and_the_file_all_of_them(world, tmp_path):
    world.scorecard = [
        on_scorecard("churn", 0.05, "off_track", grain=grain) for grain in ("quarter", "month")
    ]
    world.make()
    world.scorecard = [
        *(on_scorecard("churn", 0.04, "on_track", grain=grain) for grain in ("quarter", "month")),
        *(
            on_scorecard("win_rate", place / 100, "off_track", period_start=f"20{place}-04-01")
            for place in range(10, 35)
        ),
    ]
    world.make()
    found = report.read(world.published)
    said = report.lines(found, Path("build/report.md"))
    assert len(found.alerts) == 27
    assert [line.split(",")[0] for line in said] == [
        *["Win rate"] * 8,
        *["Churn"] * 2,
        "and 17 more: build/report.md has them all",
    ]
    english, french = report.markdown(found).split("\n# ")
    for text, heading, words in (
        (english, "## Off track", "off track"),
        (french, "## Indicateurs qui décrochent", "hors objectif"),
    ):
        assert heading in text
        assert len(re.findall("^- ", text, re.M)) == 27
        assert words in text
    assert english.startswith("# Changes with the publication of 2")
    assert "Compared with the publication of 2" in english
    assert french.startswith("Changements avec la publication du 2")


def test_a_publication_without_alerts_says_so(world):
    world.make()
    assert report.lines(report.read(world.published), Path("report.md")) == [
        "No KPI went off track or came back with its latest period."
    ]
    world.make()
    assert report.lines(report.read(world.published), Path("report.md")) == [
        "No KPI went off track or came back, and no past figure was restated."
    ]
    strip(world, ["alerts"])
    assert report.read(world.published) is None


# -- records to fix --------------------------------------------------------------------------------

PAST_DUE, NO_COMPANY, NO_AMOUNT, NO_OWNER = FINDINGS


def test_a_finding_is_dated_by_the_publication_that_had_it_first(world):
    """What went away and came back begins anew, also if nothing else changed meanwhile."""
    first = world.make()
    assert world.first_seen() == dict.fromkeys(FINDINGS, first)
    del world.findings[NO_COMPANY]
    world.findings["past due: deal 4"] = ("s:mia", "open_deal_past_due", 7, 7)
    second = world.make()
    assert world.first_seen() == {
        PAST_DUE: first, NO_AMOUNT: first, NO_OWNER: first, "past due: deal 4": second
    }  # fmt: skip
    world.findings[NO_COMPANY] = FINDINGS[NO_COMPANY]
    third = world.make()
    assert world.first_seen()[NO_COMPANY] == third
    assert world.first_seen()[PAST_DUE] == first
    # Another amount, or another owner, is the same finding.
    world.findings[PAST_DUE] = ("s:ben", "open_deal_past_due", 90, 90)
    world.make()
    assert world.first_seen()[PAST_DUE] == first


def test_the_trend_has_the_money_of_each_owner_by_publication(world):
    """Each record once. Ben is in no list of owners, and what he owes nobody knows."""
    first = world.make()
    world.findings[PAST_DUE] = ("s:mia", "open_deal_past_due", 90, 90)
    del world.findings[NO_AMOUNT]
    second = world.make()
    assert world.trend() == {
        first: {"Mia": (2, 100), "ben": (1, None), "(none)": (1, 30)},
        second: {"Mia": (2, 90), "ben": (0, 0), "(none)": (1, 30)},
    }
    assert world.read(
        "select owner_name, team, finding_count_change, cast(money_change_amount as double), "
        "unknown_money_count from kpis.records_to_fix_trend where published_at = ? order by 1",
        second,
    ) == [
        ("(none)", "(none)", 0, 0, 0),
        ("Mia", "North", 0, -10, 0),
        ("ben", "(none)", -1, None, 0),
    ]
    # Without names, which go with the people.
    assert "owner_name" not in {
        column for column, *_ in world.read("describe kpis.findings_by_publication")
    }
    world.findings = {}
    third = world.make()
    assert world.trend()[third] == {"Mia": (0, 0), "ben": (0, 0), "(none)": (0, 0)}


def test_what_a_failed_build_found_is_no_publication(world):
    first = world.make()
    world.findings["past due: deal 4"] = ("s:mia", "open_deal_past_due", 7, 7)
    world.fail()
    second = world.make()
    assert world.first_seen()["past due: deal 4"] == second
    assert set(world.trend()) == {first, second}


def test_after_a_rollback_findings_are_as_old_as_in_the_file_before(world):
    first = world.make()
    del world.findings[PAST_DUE]
    world.make()
    publication.roll_back(world.published, world.build)
    assert world.first_seen() == dict.fromkeys(FINDINGS, first)
    world.findings[PAST_DUE] = FINDINGS[PAST_DUE]
    third = world.make()
    assert world.first_seen() == dict.fromkeys(FINDINGS, first)
    assert set(world.trend()) == {first, third}


def test_findings_outlive_a_lost_build_file_and_a_lost_published_file(world):
    first = world.make()
    world.build.unlink()
    second = world.make()
    assert world.first_seen() == dict.fromkeys(FINDINGS, first)
    assert set(world.trend()) == {first, second}
    # A build that failed leaves a finding in the build file that nobody has seen.
    world.findings["past due: deal 4"] = ("s:mia", "open_deal_past_due", 7, 7)
    world.fail()
    world.published.unlink()
    for generation in world.published.parent.glob("revops.2*"):
        generation.unlink()
    # The new build file knows of its own publications alone: the first one was in the file before.
    third = world.make()
    assert world.first_seen() == {**dict.fromkeys(FINDINGS, third), "past due: deal 4": third}
    assert set(world.trend()) == {second, third}


def test_findings_are_compared_with_the_file_that_is_replaced(world):
    """Another build publishes while this one runs."""
    first = world.make()
    with duckdb.connect(str(world.build)) as con:
        world.findings["past due: deal 4"] = ("s:mia", "open_deal_past_due", 7, 7)
        world.compute(con)
        other = World(world.published.parent / "other", world.views)
        other.published, other.findings = world.published, dict(world.findings)
        between = other.make()
        last = world.publish(con)
    assert world.first_seen()["past due: deal 4"] == between
    assert set(world.trend()) == {first, between, last}


def test_the_file_of_an_older_version_has_no_findings(world):
    """They are as old as the first publication that looked for them."""
    world.make()
    strip(world, ["findings_first_seen", "findings_by_publication", *REPORTS[-2:]])
    second = world.make()
    assert world.first_seen() == dict.fromkeys(FINDINGS, second)
    assert set(world.trend()) == {second}


def test_the_report_says_in_one_line_what_is_to_be_fixed(world):
    """Each record once: 100 of Mia's and 30 of nobody's, and what nobody knows."""
    world.findings |= {
        "past due: deal 4": ("s:mia", "open_deal_past_due", 1234567.4, 1234567.4),
    }
    world.make()
    found = report.read(world.published)
    assert found.to_fix.words == (
        "5 findings to fix, 1,234,697 EUR at stake, most with Mia (1,234,667): "
        "see kpis.records_to_fix.",
        "5 points à corriger, 1\u00a0234\u00a0697\u00a0EUR en jeu, surtout chez Mia "
        "(1\u00a0234\u00a0667)\u00a0: voir kpis.records_to_fix.",
    )
    english, french = report.markdown(found).split("\n# ")
    assert "\n## Records to fix\n\n5 findings" in english
    assert "\n## Fiches à corriger\n\n5 points" in french
    # Mails and chats begin with what changed: the list alone is no reason to send one.
    assert "\n- " not in english + french
    world.findings = {NO_AMOUNT: FINDINGS[NO_AMOUNT]}
    world.make()
    assert report.read(world.published).to_fix.words[0] == (
        "1 finding to fix: see kpis.records_to_fix."
    )
    world.findings = {}
    world.make()
    assert report.read(world.published).to_fix.words == (
        "No record to fix.",
        "Aucune fiche à corriger.",
    )
    strip(world, REPORTS[-2:])
    assert report.read(world.published).to_fix is None


# -- the recipes of the page -----------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
# Stands in for a command: keeps its arguments and what it was given to read.
RECORDER = """#!/bin/sh
{ echo "$0 $*"; cat; } >>"$RECORD"
"""
MAKE = """#!/bin/sh
echo "it says why"
exit "${FAILS:-0}"
"""


@pytest.fixture
def recipe(tmp_path):
    """A function that runs a shell script beside a report, and returns its code and its record."""

    def run(script, told, **environment):
        (tmp_path / "build").mkdir(exist_ok=True)
        (tmp_path / "build" / "report.md").write_text(told, encoding="utf-8")
        bin_folder = tmp_path / "bin"
        bin_folder.mkdir(exist_ok=True)
        for command, stands_in in (("make", MAKE), ("mail", RECORDER), ("curl", RECORDER)):
            stub = bin_folder / command
            stub.write_text(stands_in)
            stub.chmod(0o755)
        record = tmp_path / "record"
        record.write_text("")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={
                "PATH": f"{bin_folder}:{os.environ['PATH']}",
                "RECORD": str(record),
                **environment,
            },
        )
        return done.returncode, record.read_text().replace(f"{bin_folder}/", "")

    return run


def test_the_recipe_for_cron_mails_what_there_is_to_tell(recipe, tmp_path):
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    [script] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    assert "cd /srv/revops || exit 1\n" in script
    script = script.replace("cd /srv/revops", f"cd {tmp_path}")
    code, record = recipe(script, "# What changed\n\n- Win rate is off track\n")
    assert code == 0
    assert record == (
        "mail -s RevOps: what changed team@example.com\n# What changed\n\n- Win rate is off track\n"
    )
    assert recipe(script, "# What changed\n\nNothing.\n") == (0, "")
    code, record = recipe(script, "- of the build before\n", FAILS="1")
    assert code == 1
    assert record == "mail -s RevOps: the build failed team@example.com\nit says why\n"


@pytest.mark.skipif(not shutil.which("jq"), reason="the runners of GitHub have jq")
def test_the_workflow_posts_what_there_is_to_tell(recipe):
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    [text] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    workflow = yaml.safe_load(text)
    # YAML takes the key `on` for true.
    assert workflow[True]["schedule"] == [{"cron": "0 6 * * 1-5"}]
    steps = workflow["jobs"]["build"]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps if "uses" in step] == [
        "actions/checkout", "actions/setup-python", "actions/cache",
    ]  # fmt: skip
    build, keep, post = [step["run"] for step in steps if "run" in step]
    assert build == "make build"
    said = '# What changed\n\n- "Win rate" is off track\n'
    assert recipe(keep, said, GITHUB_STEP_SUMMARY="summary")[0] == 0
    code, record = recipe(post, said, CHAT_WEBHOOK="https://chat.example/hook")
    assert code == 0
    command, _, posted = record.partition("\n")
    assert command.endswith("https://chat.example/hook")
    assert json.loads(posted) == {"text": said}
    assert recipe(post, "Nothing.\n", CHAT_WEBHOOK="https://chat.example/hook") == (0, "")


# -- speed -----------------------------------------------------------------------------------------


def test_two_million_figures_are_compared_in_seconds(demo_build, tmp_path):
    """With the demo's own published file: nothing differs, and nothing is joined."""
    with duckdb.connect(str(tmp_path / "revops.duckdb")) as con:
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute("use demo")
        state = history.State(
            con, history.attach(con, demo_build.published_path), history.KEPT_DAYS
        )
        started = time.process_time()
        assert con.execute(f"select count(*) from ({history.changes(state)})").fetchall() == [(0,)]
        assert time.process_time() - started < 20
