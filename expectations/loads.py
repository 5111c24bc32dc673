"""Rules for each load as a whole: it is there, has not shrunk, and little of it was rejected."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.rules import Rule, Suite
from expectations.runner import Finding, Runner, cut

NOTHING_PUBLISHED = pd.DataFrame(columns=["source_system", "table_name", "published_row_count"])


def published_path() -> Path:
    """Return where the published file lies."""
    return Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))


def published_loads() -> pd.DataFrame:
    """Return what the published file says it was made from: source_system, table_name, row_count.

    Empty on the first build. The published file is the memory, so that the comparison is with what
    people read now and outlives the build database. Raises duckdb.Error if it cannot be read.
    """
    path = published_path()
    if not path.exists():
        return NOTHING_PUBLISHED
    with duckdb.connect(str(path), read_only=True) as published:
        return published.execute(
            "select source_system, table_name, row_count as published_row_count "
            "from marts.fct_input_loads"
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
    frame = (
        expected[["source_system", "table_name"]]
        .merge(pd.concat(frames), how="left", on=["source_system", "table_name"])
        .merge(published, how="left", on=["source_system", "table_name"])
    )
    frame["row_count"] = frame["row_count"].fillna(0)
    frame["rejected_share"] = frame["rejected_count"] / frame["row_count"]
    # Rounded, so that a drop by just the allowed share is not more than it.
    drop = 1 - frame["row_count"] / frame["published_row_count"].astype("float64")
    frame["drop_share"] = drop.round(9)
    frame.index.name = "input_row_id"
    return frame


def check_loads(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    suites: list[Suite],
    findings: list[Finding],
    expected: pd.DataFrame,
) -> list[Finding]:
    """Return the findings of the critical rules on whole loads, one per rule and table."""
    max_rejected = float(expected["max_rejected_share"].iloc[0])
    max_drop = float(expected["max_load_drop_share"].iloc[0])
    required = {suite.table for suite in suites if suite.required}
    unreadable = ""
    try:
        published = published_loads()
    except duckdb.Error as error:
        published, unreadable = NOTHING_PUBLISHED, str(error).splitlines()[0]
    frame = loads_frame(con, findings, expected, published)
    rules = [
        Rule(
            "required_table_is_not_empty",
            "critical",
            "",
            gxe.ExpectColumnValuesToBeBetween(column="required_row_count", min_value=1),
        ),
        Rule(
            f"load_did_not_drop_by_more_than_{100 * max_drop:g}%",
            "critical",
            "",
            gxe.ExpectColumnValuesToBeBetween(column="drop_share", max_value=max_drop),
        ),
        Rule(
            f"no_more_than_{100 * max_rejected:g}%_of_the_rows_are_rejected",
            "critical",
            "",
            gxe.ExpectColumnValuesToBeBetween(column="rejected_share", max_value=max_rejected),
        ),
    ]
    frame["required_row_count"] = frame["row_count"].where(frame["table_name"].isin(required))
    found = [_published_file(runner, unreadable)]
    for rule, row_ids in runner.unexpected(frame, rules):
        broken = frame.loc[row_ids]
        for table in frame["table_name"].unique():
            loads = broken[broken["table_name"] == table]
            finding = Finding(table, rule, row_count=int((frame["table_name"] == table).sum()))
            finding.row_ids = [int(row_id) for row_id in loads.index]
            finding.sources = loads["source_system"].tolist()
            finding.keys = loads["source_system"].tolist()
            finding.values = [f"{int(count):,} rows" for count in loads["row_count"]]
            finding.explanation = "; ".join(
                _explain(rule, load, findings) for _, load in loads.iterrows()
            )
            if rule.name.startswith("no_more_than") and len(loads):
                # The column that the message names, so that it stands in `column_name` too.
                finding.rule = replace(rule, column=_worst(table, findings).rule.column)
            found.append(finding)
    return found


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


def _worst(table: str, findings: list[Finding]) -> Finding:
    """Return the reject rule that most rows of the table broke."""
    return max(
        (f for f in findings if f.table == table and f.rule.severity == "reject"),
        key=lambda finding: len(finding.row_ids),
    )


def _explain(rule: Rule, load: pd.Series, findings: list[Finding]) -> str:
    """Say in words what broke a rule on a load, and which row rule did most of it."""
    table, source = load["table_name"], load["source_system"]
    count = int(load["row_count"])
    if rule.name.startswith("load_did_not_drop"):
        before = int(load["published_row_count"])
        return (
            f"{count:,} rows from {source}, {before:,} in the published load; if that is right, "
            "build once with --vars '{max_load_drop_share: 1}'"
        )
    if rule.name.startswith("required"):
        return f"no row from {source}"
    return (
        f"{int(load['rejected_count']):,} of {count:,} rows from {source}, most of them by "
        f"{_worst(table, findings).message}"
    )
