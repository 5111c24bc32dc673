"""References as a whole: a join that finds next to nothing is broken; what differs is found out.

One deal of an unknown owner is an orphan; deals that all have unknown owners are none, but have ids
that were written by another program. The difference is found by trying: the ids of both sides are
changed in the ways in which programs spoil them, until nearly all are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.causes import JOIN_RULE, REFERENCE_RULE
from expectations.loads import setting, with_tables_of_others
from expectations.rules import Reference, Rule, Suite
from expectations.runner import EXAMPLES, Finding, Runner, cut

# A way in which the ids differ must make so large a share of the unknown rows known.
NEARLY_ALL = 0.9
# So few rows may all be orphans, if nothing shows how their ids differ.
ENOUGH = 10
# One id may be like another by chance, and one parent that was deleted has many children.
ENOUGH_IDS = 2
# The message shows what a seed lists if at least this share of the rows is unknown in it.
LARGE_SHARE = 0.05


@dataclass(frozen=True)
class Trial:
    """A way in which ids may differ: `change` is SQL that takes it away, with `{0}` for the id."""

    name: str
    change: str


TRIALS = [
    Trial("capital letters differ", "lower({0})"),
    Trial("blanks differ", r"regexp_replace({0}, '\s|\x{{A0}}|\x{{200B}}', '', 'g')"),
    Trial("leading zeros differ", "ltrim({0}, '0')"),
    Trial("`.0` at the end differs", r"regexp_replace({0}, '\.0*$', '')"),
    Trial(
        "15 stand against 18 characters",
        "case when regexp_full_match({0}, '[A-Za-z0-9]{{18}}') then left({0}, 15) else {0} end",
    ),
    Trial("quotation marks differ", "trim({0}, '''\"`')"),
    Trial("commas for thousands differ", "replace({0}, ',', '')"),
    Trial("hyphens or brackets differ", "lower(regexp_replace({0}, '[-{{}}()]', '', 'g'))"),
    Trial(
        "an exponent differs",
        "case when regexp_full_match({0}, '[0-9.]+[eE][+]?[0-9]+') "
        "then cast(try_cast(try_cast({0} as double) as hugeint) as varchar) else {0} end",
    ),
    Trial(
        "capital letters, blanks and signs differ",
        "lower(regexp_replace({0}, '[^0-9A-Za-z]', '', 'g'))",
    ),
    Trial(
        "leading zeros, `.0`, capital letters, blanks or signs differ",
        "ltrim(lower(regexp_replace(regexp_replace({0}, '\\.0+$', ''), '[^0-9A-Za-z]', '', 'g')), "
        "'0')",
    ),
]

# These cut much away, so they are applied to one side only and need several ids: two short ids may
# be equal by chance.
CUTS = [
    Trial("a prefix differs", r"regexp_extract({0}, '[:/|#_.\s-]([^:/|#_.\s-]+)$', 1)"),
    Trial("a prefix differs", "regexp_replace({0}, '^[^0-9]+', '')"),
    Trial("a suffix differs", r"regexp_extract({0}, '^([^:/|#_.@\s-]+)[:/|#_.@\s-]', 1)"),
]


@dataclass(frozen=True)
class Difference:
    """How the unknown ids of a table differ from those that they should match, with an example."""

    name: str
    example: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.example}" if self.example else self.name


def _name(reference: Reference) -> str:
    """Return the name of the table or seed that a reference is to."""
    return reference.table.removeprefix("reference.")


class Join:
    """The unknown ids of one source, and the ids that they should match.

    They stand in the temporary tables `unknown_ids` and `known_ids`, all columns as text.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        reference: Reference,
        source: str,
        row_ids: list[int],
    ) -> None:
        """Fill the two tables; `row_ids` are those of the rows that the rule found unknown."""
        self.con, self.table, self.reference, self.source = con, table, reference, source
        self.row_ids = row_ids
        self.columns = [f"id_{number}" for number, _ in enumerate(reference.columns)]
        here = ", ".join(
            f'cast(local_id("{column}") as varchar) as {name}'
            for column, name in zip(reference.columns, self.columns, strict=True)
        )
        there = self._texts(reference.of)
        given = " and ".join(f'"{column}" is not null' for column in reference.columns)
        self.parent = reference.table if reference.is_to_seed else f"inputs.input_{reference.table}"
        of_source = (
            ""
            if reference.is_to_seed
            else f'where source_system in (select source_of_id("{reference.column}", $source) '
            f"from inputs.input_{table} where source_system = $source)"
        )
        parameters = {} if reference.is_to_seed else {"source": source}
        con.execute(
            f"create or replace temp table known_ids as "
            f"select distinct {there} from {self.parent} {of_source}",
            parameters,
        )
        con.execute(
            "create or replace temp table unknown_ids as "
            f"select {here}, count(*) as row_count from inputs.input_{table} "
            # A name that a seed spells otherwise is known.
            "where source_system = $source and input_row_id in (select unnest($rows::bigint[])) "
            f"and {given} group by all",
            {"source": source, "rows": row_ids},
        )
        same = " and ".join(f"unknown_ids.{name} = known_ids.{name}" for name in self.columns)
        con.execute(f"delete from unknown_ids using known_ids where {same}")
        [[self.unknown_count, self.unknown_rows]] = con.execute(
            "select count(*), coalesce(sum(row_count), 0) from unknown_ids"
        ).fetchall()
        [[self.known_count]] = con.execute("select count(*) from known_ids").fetchall()
        [[self.given_count]] = con.execute(
            f"select count(*) from inputs.input_{table} where source_system = $source and {given}",
            {"source": source},
        ).fetchall()

    def _texts(self, columns: tuple[str, ...]) -> str:
        return ", ".join(
            f'cast("{column}" as varchar) as {name}'
            for column, name in zip(columns, self.columns, strict=True)
        )

    def _matched(self, here: str, there: str) -> str:
        """Return an example, if nearly all unknown ids, changed, are among the known ones, changed.

        `here` and `there` are SQL with `{0}` for the id. Empty if they are not.
        """

        def changed(relation: str, change: str) -> str:
            ids = ", ".join(f"{change.format(name)} as {name}" for name in self.columns)
            return f"select rowid as place, {ids}, {self.columns[-1]} as written from {relation}"

        same = " and ".join(f"h.{name} = t.{name} and h.{name} != ''" for name in self.columns)
        [[row_count, here_id, there_id]] = self.con.execute(
            f"with found as (select h.place, h.written as here, min(t.written) as there "
            f"from ({changed('unknown_ids', here)}) as h "
            f"join ({changed('known_ids', there)}) as t on {same} group by all) "
            "select sum(row_count), min(here), min_by(there, here) "
            "from found join unknown_ids on unknown_ids.rowid = found.place"
        ).fetchall()
        if (row_count or 0) < NEARLY_ALL * self.unknown_rows:
            return ""
        return f"{here_id!r} in {self.table}, {there_id!r} in {_name(self.reference)}"

    def difference(self, suites: list[Suite]) -> Difference | None:
        """Return how the ids differ, if one of the known ways makes nearly all of them known."""
        if not self.known_count:
            return None
        for trial in TRIALS:
            if example := self._matched(trial.change, trial.change):
                return Difference(trial.name, example)
        if self.reference.is_to_seed or self.unknown_count < ENOUGH_IDS:
            return None
        elsewhere = self._another_column() or self._another_source() or self._another_table(suites)
        if elsewhere:
            return elsewhere
        for trial in CUTS:
            for here, there in ((trial.change, "{0}"), ("{0}", trial.change)):
                if example := self._matched(here, there):
                    return Difference(trial.name, example)
        return None

    def _among(self, query: str, parameters: dict[str, Any]) -> bool:
        """Return whether nearly all unknown ids are among the texts `text` of a query."""
        [[found]] = self.con.execute(
            f"select coalesce(sum(row_count), 0) from unknown_ids "
            f"where {self.columns[-1]} in ({query})",
            parameters,
        ).fetchall()
        return found >= NEARLY_ALL * self.unknown_rows

    def _another_column(self) -> Difference | None:
        described = self.con.execute(f"describe {self.parent}").fetchall()
        own = {"input_row_id", "source_system", *self.reference.of}
        if self.table == self.reference.table:
            own.update(self.reference.columns)
        for column in (row[0] for row in described if row[0] not in own):
            query = (
                f'select cast("{column}" as varchar) from {self.parent} where source_system = $s'
            )
            if self._among(query, {"s": self.source}):
                return Difference(f"they stand in {_name(self.reference)}.{column}")
        return None

    def _another_source(self) -> Difference | None:
        query = f'select cast("{self.reference.of[-1]}" as varchar) from {self.parent}'
        if not self._among(query, {}):
            return None
        return Difference(
            f"they are ids of {_name(self.reference)} of another source, and a reference holds "
            "within one source"
        )

    def _another_table(self, suites: list[Suite]) -> Difference | None:
        for suite in suites:
            if len(suite.key) == 1 and suite.is_unique and suite.table != self.reference.table:
                query = (
                    f'select cast("{suite.key[0]}" as varchar) from inputs.input_{suite.table} '
                    "where source_system = $s"
                )
                if self._among(query, {"s": self.source}):
                    return Difference(f"they are ids of {suite.table}")
        return None

    def absent_source(self, sources: set[str]) -> Difference | None:
        """Return that the ids are those of a source that the build does not have, if they are."""
        if self.reference.is_to_seed:
            return None
        found = self.con.execute(
            f'select distinct source_of_id("{self.reference.column}", $source) '
            f"from inputs.input_{self.table} "
            "where input_row_id in (select unnest($rows::bigint[]))",
            {"source": self.source, "rows": self.row_ids},
        ).fetchall()
        absent = sorted({name for [name] in found} - sources)
        if not absent or len(absent) < len(found):
            return None
        names = " and ".join(absent)
        return Difference(
            f"id_sources says that they are ids of {names}, which connectors does not list"
        )

    def unknown_outer_ids(self) -> list[str]:
        """Return the ids of what holds the rows, such as their pipelines, if all are unknown."""
        if len(self.columns) < 2 or not self.known_count:
            return []
        [[known]] = self.con.execute(
            f"select count(*) from unknown_ids where {self.columns[0]} in "
            f"(select {self.columns[0]} from known_ids)"
        ).fetchall()
        found = self.con.execute(
            f"select distinct {self.columns[0]} as id from unknown_ids order by id limit {EXAMPLES}"
        ).fetchall()
        return [] if known else [cut(text) for [text] in found]

    def examples_of_known(self) -> str:
        """Return a few of the known ids."""
        found = self.con.execute(
            f"select distinct {self.columns[-1]} as id from known_ids where id is not null "
            f"order by id limit {EXAMPLES}"
        ).fetchall()
        return ", ".join(repr(cut(text)) for [text] in found)


def check_references(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    suites: list[Suite],
    findings: list[Finding],
    expected: pd.DataFrame,
) -> list[Finding]:
    """Return the findings, without those on tables that nobody supplies, with those on whole joins.

    `findings` are those of the suites. The messages on unknown ids also say how the ids differ.
    """
    loads = {(load.source_system, load.table_name): load for _, load in expected.iterrows()}
    known = with_tables_of_others(expected)
    joins = []
    for suite in suites:
        for reference in suite.references:
            rule = REFERENCE_RULE + _name(reference)
            finding = next(
                (
                    f
                    for f in findings
                    if (f.table, f.rule.column, f.rule.name)
                    == (suite.table, reference.column, rule)
                ),
                None,
            )
            if finding is None:
                continue
            sources = [source for source, table in loads if table == suite.table]
            if not reference.is_to_seed:
                # Other sources were not checked, because they do not supply the table.
                sources = [source for source in sources if (source, reference.table) in known]
            if not sources:
                findings = [other for other in findings if other is not finding]
            joins += [
                _judge(con, suites, reference, finding, loads[source, suite.table], known)
                for source in sources
            ]
    return findings + _broken_joins(runner, [join for join in joins if join["parent"]])


def _judge(
    con: duckdb.DuckDBPyConnection,
    suites: list[Suite],
    reference: Reference,
    finding: Finding,
    load: pd.Series,
    known: set[tuple[str, str]],
) -> dict[str, Any]:
    """Return the message on one reference of one load; add to the finding how ids differ.

    `known` are the pairs of source and table whose ids may be named.
    """
    source = load["source_system"]
    judged: dict[str, Any] = {
        "parent": "" if reference.is_to_seed else reference.table,
        "table": finding.table,
        "column": reference.column,
        "source": source,
        "unknown_count": 0,
        "unknown_above": 0.0,
        "difference": "",
        "explanation": "",
    }
    unknown = finding.of_source(source)
    if unknown.is_met:
        return judged
    join = Join(con, finding.table, reference, source, unknown.row_ids)
    difference = join.absent_source({source for source, _ in known}) or join.difference(suites)
    parent, count = _name(reference), len(unknown.row_ids)
    if difference:
        finding.advice[source] = f"; {difference}"
    elif strangers := join.unknown_outer_ids():
        finding.advice[source] = (
            f"; {parent} has no {reference.of[0]} {', '.join(map(repr, strangers))}"
        )
    elif reference.is_to_seed and count > LARGE_SHARE * join.given_count:
        finding.advice[source] = (
            f"; {parent} has e.g. {join.examples_of_known()}: map them in the connector, or add "
            f"them to seeds/reference/{parent}.csv"
        )
    if reference.is_to_seed or not join.known_count or join.unknown_count < ENOUGH_IDS:
        return judged
    if not difference and count < ENOUGH:
        return judged
    judged["unknown_count"] = count
    judged["unknown_above"] = round(count / join.given_count - load["max_unknown_share"], 9)
    judged["difference"] = difference.name if difference else ""
    ids = [repr(cut(value)) for value in dict.fromkeys(unknown.values) if value is not None]
    judged["explanation"] = (
        f"{count:,} of the {join.given_count:,} rows from {source} that give one are unknown in "
        f"{parent}, e.g. {', '.join(ids[:EXAMPLES])}; "
    ) + (
        f"{difference}"
        if difference
        else f"{parent} has e.g. {join.examples_of_known()}; if they are all right, set "
        + setting(load, "max_unknown_share", 1)
    )
    return judged


def _broken_joins(runner: Runner, joins: list[dict[str, Any]]) -> list[Finding]:
    """Return one finding per reference: whether more of its rows are unknown than may be."""
    if not joins:
        return []
    # The largest first: it is the one that is reported, if several tables have the same flaw.
    frame = pd.DataFrame(joins).sort_values("unknown_count", ascending=False, ignore_index=True)
    frame.index.name = "input_row_id"
    expectation = gxe.ExpectColumnValuesToBeBetween(column="unknown_above", max_value=0)
    [(_, row_ids)] = runner.unexpected(frame, [Rule("join", "critical", "", expectation)])
    findings = []
    for (table, column, parent), group in frame.groupby(["table", "column", "parent"], sort=False):
        rule = Rule(JOIN_RULE + str(parent), "critical", str(column), expectation)
        broken = group.loc[[row_id for row_id in row_ids if row_id in group.index]]
        findings.append(
            Finding(
                str(table),
                rule,
                row_count=len(group),
                row_ids=[int(row_id) for row_id in broken.index],
                sources=broken["source"].tolist(),
                keys=broken["source"].tolist(),
                values=[difference or None for difference in broken["difference"]],
                explanation="; ".join(broken["explanation"]),
            )
        )
    return findings
