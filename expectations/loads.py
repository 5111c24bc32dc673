"""Rules for each load as a whole: it is there, has not shrunk, and little of it was rejected."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.causes import worst_rejecting
from expectations.rules import Rule, Suite
from expectations.runner import EXAMPLES, Finding, Runner, cut

NOTHING_PUBLISHED = pd.DataFrame(columns=["source_system", "table_name", "published_row_count"])
NO_MONTHS = pd.DataFrame(columns=["source_system", "table_name", "month_start", "row_count"])

# Days are corrected, and a row then moves to another month. A month of a table that only grows has
# lost rows if it lacks this share of them, and if such months lack this share of the whole table.
MONTH_LOSS = 0.05
TABLE_LOSS = 0.001


def published_path() -> Path:
    """Return where the published file lies."""
    return Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))


def published_loads() -> pd.DataFrame:
    """Return the loads of the published file: source_system, table_name, row_count.

    Empty on the first build. The published file is the memory: the comparison is with the figures
    that people read now, and outlives the build database. Raises duckdb.Error if it cannot be read.
    """
    path = published_path()
    if not path.exists():
        return NOTHING_PUBLISHED
    with duckdb.connect(str(path), read_only=True) as published:
        return published.execute(
            "select source_system, table_name, row_count as published_row_count "
            "from marts.fct_input_loads"
        ).df()


def published_months() -> pd.DataFrame:
    """Return in which months the rows of the published file lie, like the model `input_months`.

    Empty on the first build, and if an older version of the project published the file, which did
    not keep the months. Raises duckdb.Error if the file cannot be read.
    """
    path = published_path()
    if not path.exists():
        return NO_MONTHS
    with duckdb.connect(str(path), read_only=True) as published:
        [[is_kept]] = published.execute(
            "select count(*) from duckdb_tables() "
            "where schema_name = 'marts' and table_name = 'fct_input_load_months'"
        ).fetchall()
        if not is_kept:
            return NO_MONTHS
        return published.execute(
            "select source_system, table_name, month_start, row_count "
            "from marts.fct_input_load_months"
        ).df()


def loads_frame(
    con: duckdb.DuckDBPyConnection,
    findings: list[Finding],
    expected: pd.DataFrame,
    published: pd.DataFrame,
) -> pd.DataFrame:
    """Return one row per connector and table: rows read, share rejected, share of the last load."""
    frames = []
    for table in expected["table_name"].unique():
        rejected = sorted(
            {
                row_id
                for finding in findings
                if finding.table == table and finding.rule.severity == "reject"
                for row_id in finding.row_ids
            }
        )
        counts = con.execute(
            f"""
            select
                source_system,
                ? as table_name,
                count(*) as row_count,
                count(*) filter (where input_row_id in (select unnest(?::bigint[])))
                    as rejected_count
            from inputs.input_{table}
            group by source_system
            """,
            [table, rejected],
        ).df()
        frames.append(counts)
    frame = expected.merge(pd.concat(frames), how="left", on=["source_system", "table_name"]).merge(
        published, how="left", on=["source_system", "table_name"]
    )
    frame["row_count"] = frame["row_count"].fillna(0)
    frame["rejected_share"] = frame["rejected_count"] / frame["row_count"]
    # Rounded, so that a drop by just the allowed share is not more than it.
    drop = 1 - frame["row_count"] / frame["published_row_count"].astype("float64")
    frame["drop_share"] = drop.round(9)
    frame.index.name = "input_row_id"
    return frame


@dataclass(frozen=True)
class Loss:
    """The months in which a load has fewer rows than the published one, in order.

    `months` are triples: the month `YYYY-MM`, the rows that it lost, and those that it had.
    """

    months: tuple[tuple[str, int, int], ...] = ()

    def of_more_than(self, month_share: float, table_share: float, row_count: float) -> bool:
        """Whether the months that lack such a share lack together such a share of `row_count`."""
        lost = sum(lost for _, lost, had in self.months if lost >= month_share * had)
        return lost > table_share * row_count

    def __str__(self) -> str:
        """Say up to five of the months, those in a row that lost all their rows as one."""
        entries = []
        places = enumerate(self.months)

        def run(place: tuple[int, tuple[str, int, int]]) -> tuple[bool, int]:
            number, (month, lost, had) = place
            year, of_year = month.split("-")
            # The same for months that follow one another; one by one where some rows are left.
            return (lost == had, int(year) * 12 + int(of_year) - number if lost == had else number)

        for (is_all, _), group in groupby(places, run):
            months = [month for _, month in group]
            (first, lost, had), (last, _, _) = months[0], months[-1]
            name = first if first == last else f"{first} to {last}"
            total = sum(lost for _, lost, _ in months)
            entries.append(f"{name} ({f'all {total:,}' if is_all else f'{lost:,} of {had:,}'})")
        more = ", …" if len(entries) > EXAMPLES else ""
        return ", ".join(entries[:EXAMPLES]) + more


def losses(now: pd.DataFrame, published: pd.DataFrame) -> dict[tuple[str, str], Loss]:
    """Return for each load, by its source and table, the months that have lost rows."""
    key = ["source_system", "table_name", "month_start"]
    both = published.merge(now, how="left", on=key, suffixes=("_before", "_now"))
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for row in both.sort_values("month_start").itertuples():
        before = int(row.row_count_before)
        now_count = 0 if pd.isna(row.row_count_now) else int(row.row_count_now)
        if now_count < before:
            month = str(row.month_start)[:7]
            load = (row.source_system, row.table_name)
            found.setdefault(load, []).append((month, before - now_count, before))
    return {load: Loss(tuple(months)) for load, months in found.items()}


def check_loads(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    suites: list[Suite],
    findings: list[Finding],
    expected: pd.DataFrame,
    months: pd.DataFrame,
) -> list[Finding]:
    """Return the findings of the rules on whole loads, one per rule and table."""
    required = {suite.table for suite in suites if suite.required}
    unreadable = ""
    lost: dict[tuple[str, str], Loss] = {}
    try:
        published = published_loads()
        lost = losses(months, published_months())
    except duckdb.Error as error:
        published, unreadable = NOTHING_PUBLISHED, str(error).splitlines()[0]
    frame = loads_frame(con, findings, expected, published)
    frame["loss"] = [
        lost.get((load.source_system, load.table_name), Loss()) for load in frame.itertuples()
    ]
    # The limits differ by table, so the excess over a table's own limit is compared with 0.
    frame["rejected_above"] = (frame["rejected_share"] - frame["max_rejected_share"]).round(9)
    frame["drop_above"] = (frame["drop_share"] - frame["max_load_drop_share"]).round(9)
    frame["has_lost_rows"] = [_has_lost_rows(load) for _, load in frame.iterrows()]
    frame["required_row_count"] = frame["row_count"].where(frame["table_name"].isin(required))
    found = [_published_file(runner, unreadable), *_gone(runner, expected, published)]
    kinds = [kind.rule for kind in KINDS]
    for kind, (_, row_ids) in zip(KINDS, runner.unexpected(frame, kinds), strict=True):
        broken = frame.loc[row_ids]
        for table, of_table in frame.groupby("table_name", sort=False):
            loads = broken[broken["table_name"] == table]
            rule = replace(kind.rule, name=kind.name(of_table.iloc[0]))
            finding = Finding(str(table), rule, row_count=len(of_table))
            finding.row_ids = [int(row_id) for row_id in loads.index]
            finding.sources = loads["source_system"].tolist()
            finding.keys = loads["source_system"].tolist()
            finding.values = [f"{int(count):,} rows" for count in loads["row_count"]]
            finding.explanation = "; ".join(
                kind.explain(load, findings) for _, load in loads.iterrows()
            )
            if len(loads):
                finding.hint = kind.advise(loads, findings)
            if kind.rule.name == "rejected" and len(loads):
                # The column that the message names, so that it stands in `column_name` too.
                worst = worst_rejecting(str(table), findings, finding.sources[0])
                finding.rule = replace(rule, column=worst.rule.column if worst else "")
            found.append(finding)
    return found


def tell_sources_apart(
    con: duckdb.DuckDBPyConnection, findings: Iterable[Finding], expected: pd.DataFrame
) -> None:
    """Give the findings on tables of several sources the row count of each source."""
    several = {table for table, loads in expected.groupby("table_name") if len(loads) > 1}
    counts = {
        table: dict(
            con.execute(
                f"select source_system, count(*) from inputs.input_{table} group by source_system"
            ).fetchall()
        )
        for table in several
    }
    for finding in findings:
        if len(counts.get(finding.table, {})) > 1:
            finding.rows_by_source = counts[finding.table]


def _has_lost_rows(load: pd.Series) -> bool | None:
    """Return whether a load lacks more rows than should pass unseen; null where it must stop."""
    if pd.isna(load["drop_share"]) or load["drop_above"] > 0:
        return None
    if load["drop_share"] > 0 and load["drop_share"] >= load["warn_load_drop_share"]:
        return True
    rows_before = load["published_row_count"]
    return bool(
        load["only_grows"] and load["loss"].of_more_than(MONTH_LOSS, TABLE_LOSS, rows_before)
    )


def _gone(runner: Runner, expected: pd.DataFrame, published: pd.DataFrame) -> list[Finding]:
    """Return the findings on tables that were published, and that no connector supplies now."""
    key = ["source_system", "table_name"]
    frame = published.merge(expected[key].assign(is_supplied=True), how="left", on=key)
    frame["is_supplied"] = frame["is_supplied"].notna()
    frame = frame[frame["published_row_count"] > 0].reset_index(drop=True)
    frame.index.name = "input_row_id"
    if frame.empty:
        return []
    rule = Rule(
        "is_still_supplied",
        "warn",
        "",
        gxe.ExpectColumnValuesToBeInSet(column="is_supplied", value_set=[True]),
    )
    [(_, row_ids)] = runner.unexpected(frame, [rule])
    findings = []
    for table, loads in frame.groupby("table_name"):
        lost = loads.loc[[row_id for row_id in row_ids if row_id in loads.index]]
        finding = Finding(str(table), rule, row_count=len(loads))
        finding.row_ids = [int(row_id) for row_id in lost.index]
        finding.sources = lost["source_system"].tolist()
        finding.keys = list(finding.sources)
        finding.values = [f"{int(count):,} rows" for count in lost["published_row_count"]]
        finding.explanation = "; ".join(
            f"{int(load.published_row_count):,} rows from {load.source_system} are published, and "
            "connector_tables no longer names them: what is made of them becomes null"
            for load in lost.itertuples()
        )
        findings.append(finding)
    return findings


def _published_file(runner: Runner, unreadable: str) -> Finding:
    """Return the finding that the published file can be read; `unreadable` is why it cannot."""
    rule = Rule(
        "published_file_is_readable",
        "critical",
        "",
        gxe.ExpectColumnValuesToBeInSet(column="unreadable", value_set=[""]),
    )
    frame = pd.DataFrame({"unreadable": [unreadable]}).rename_axis("input_row_id")
    finding = Finding("published", rule, row_count=1)
    [(_, finding.row_ids)] = runner.unexpected(frame, [rule])
    if finding.row_ids:
        finding.sources, finding.keys, finding.values = [""], [str(published_path())], [None]
        finding.explanation = (
            f"the loads cannot be compared with those of {published_path()}: {cut(unreadable, 200)}"
            "; move that file away to build without it"
        )
    return finding


def _explain_emptiness(load: pd.Series, _: list[Finding]) -> str:
    return f"no row from {load['source_system']}"


def _advise_emptiness(loads: pd.DataFrame, _: list[Finding]) -> str:
    """Say where stages come from, if not from the tool: exports by hand have none."""
    load = loads.iloc[0]
    if load["table_name"] != "pipelines":
        return ""
    return (
        "; if the tool gives no stages, type those of its deals into "
        "seeds/reference/deal_stages.csv, a line for each, with source_system "
        f"{load['source_system']}"
    )


def _explain_drop(load: pd.Series, _: list[Finding]) -> str:
    """Say how many rows a load has lost, and of which months."""
    now, before = int(load["row_count"]), int(load["published_row_count"])
    months = f"; months that lost rows: {load['loss']}" if load["loss"].months else ""
    return f"{now:,} rows from {load['source_system']}, {before:,} in the published load{months}"


def _explain_rejection(load: pd.Series, findings: list[Finding]) -> str:
    """Say how much of a load was rejected, and which rule on rows did most of it."""
    worst = worst_rejecting(load["table_name"], findings, load["source_system"])
    return (
        f"{int(load['rejected_count']):,} of {int(load['row_count']):,} rows from "
        f"{load['source_system']}, most of them by {worst.message if worst else 'no rule'}"
    )


def _advise_drop(loads: pd.DataFrame, _: list[Finding]) -> str:
    load = loads.iloc[0]
    return f"; if that is right, build once with {setting(load, 'max_load_drop_share', 1)}"


def _advise_rejection(loads: pd.DataFrame, findings: list[Finding]) -> str:
    """Say how to let the rows be rejected and the rest be published, if they cannot be mended."""
    for _, load in loads.iterrows():
        worst = worst_rejecting(load["table_name"], findings, load["source_system"])
        if worst and worst.advice:
            return ""
    share = math.ceil(100 * loads["rejected_share"].max()) / 100
    return (
        f"; to go on without these rows, set {setting(loads.iloc[0], 'max_rejected_share', share)}"
    )


def with_tables_of_others(expected: pd.DataFrame) -> set[tuple[str, str]]:
    """Return pairs of source and table whose ids the source may name: its own, its `id_source`'s.

    `expected` is the model `expected_loads`.
    """
    supplied = set(zip(expected["source_system"], expected["table_name"], strict=True))
    named = expected[expected["id_source"] != ""][["source_system", "id_source"]].drop_duplicates()
    return supplied | {
        (source, table)
        for source, other in named.itertuples(index=False, name=None)
        for owner, table in supplied
        if owner == other
    }


def setting(load: pd.Series, variable: str, share: float) -> str:
    """Return the argument that sets a variable for the table of a load, and others as they are."""
    others = load[f"{variable}_of_others"]
    return f"--vars '{{{variable}: {{{others}, {load['table_name']}: {share:g}}}}}'"


@dataclass(frozen=True)
class Kind:
    """A rule on whole loads: `rule` asks for it, its name depends on what is set for the table."""

    rule: Rule
    name: Callable[[pd.Series], str]
    explain: Callable[[pd.Series, list[Finding]], str]
    advise: Callable[[pd.DataFrame, list[Finding]], str] = lambda _loads, _findings: ""


KINDS = [
    Kind(
        Rule(
            "required",
            "critical",
            "",
            gxe.ExpectColumnValuesToBeBetween(column="required_row_count", min_value=1),
        ),
        lambda _: "required_table_is_not_empty",
        _explain_emptiness,
        _advise_emptiness,
    ),
    Kind(
        Rule(
            "dropped",
            "critical",
            "",
            gxe.ExpectColumnValuesToBeBetween(column="drop_above", max_value=0),
        ),
        lambda load: f"load_did_not_drop_by_more_than_{100 * load['max_load_drop_share']:g}%",
        _explain_drop,
        _advise_drop,
    ),
    Kind(
        Rule(
            "shrank",
            "warn",
            "",
            gxe.ExpectColumnValuesToBeInSet(column="has_lost_rows", value_set=[False]),
        ),
        lambda load: (
            f"load_did_not_drop_by_{100 * load['warn_load_drop_share']:g}%"
            if load["warn_load_drop_share"]
            else "load_has_lost_no_rows"
        ),
        _explain_drop,
    ),
    Kind(
        Rule(
            "rejected",
            "critical",
            "",
            gxe.ExpectColumnValuesToBeBetween(column="rejected_above", max_value=0),
        ),
        lambda load: f"no_more_than_{100 * load['max_rejected_share']:g}%_of_the_rows_are_rejected",
        _explain_rejection,
        _advise_rejection,
    ),
]
