"""Drives Great Expectations: the only module that knows how. A finding is what one rule found."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import duckdb
import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.rules import Rule

EXAMPLES = 5


@dataclass
class Finding:
    """What one rule found in one table; lists run in parallel, one entry per unexpected row."""

    table: str
    rule: Rule
    row_count: int = 0
    row_ids: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    # Said instead of counts and examples, where a rule has more to say.
    explanation: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return the finding as a row of `input_checks`."""
        count = len(self.row_ids)
        # The same key may have been met many times (copies): name five different ones.
        pairs = dict(zip(self.keys, self.values, strict=True))
        shown = [
            f"{key} ({value!r})" if value is not None and value != key else key
            for key, value in list(pairs.items())[:EXAMPLES]
        ]
        examples = ", ".join(shown)
        place = f"{self.table}.{self.rule.column}" if self.rule.column else self.table
        counts = f"{count:,} of {self.row_count:,} rows" + (f", e.g. {examples}" if examples else "")
        message = f"{place}: {self.rule.name}: {self.explanation or counts}"
        return {
            "table_name": self.table,
            "column_name": self.rule.column,
            "rule": self.rule.name,
            "severity": self.rule.severity,
            "expectation": type(self.rule.expectation).__name__,
            "is_met": count == 0,
            "row_count": self.row_count,
            "unexpected_count": count,
            "examples": examples,
            "message": message if count else "",
            "unexpected_row_ids": self.row_ids,
            "unexpected_sources": self.sources,
            "unexpected_keys": self.keys,
            "unexpected_values": self.values,
        }


class NotEvaluatedError(RuntimeError):
    """An expectation could not be evaluated: that is an error of the gate, never a pass."""


class Runner:
    """One Great Expectations context, without telemetry, progress bars or files."""

    def __init__(self) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._source = self._context.data_sources.add_pandas("inputs")
        self._batches = 0

    def unexpected(self, frame: pd.DataFrame, rules: list[Rule]) -> list[tuple[Rule, list[Any]]]:
        """Return for each rule the index values of the frame's rows that break it.

        Raises NotEvaluatedError if Great Expectations could not evaluate a rule.
        """
        self._batches += 1
        asset = self._source.add_dataframe_asset(f"batch_{self._batches}")
        batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(name=f"suite_{self._batches}")
        for number, rule in enumerate(rules):
            suite.add_expectation(rule.expectation.copy(update={"meta": {"number": number}}))
        report = batch.validate(suite, result_format={"result_format": "COMPLETE"})
        found = []
        for result in report.results:
            rule = rules[result.expectation_config.meta["number"]]
            if result.exception_info and "unexpected_index_list" not in result.result:
                raise NotEvaluatedError(f"{rule.name} on {rule.column}: {result.exception_info}")
            name = frame.index.name
            indices = [entry[name] for entry in result.result["unexpected_index_list"]]
            found.append((rule, indices))
        if len(found) != len(rules):
            raise NotEvaluatedError(f"{len(rules)} rules were asked, {len(found)} were answered")
        return found


def as_relation(con: duckdb.DuckDBPyConnection, findings: list[Finding]) -> duckdb.DuckDBPyRelation:
    """Return the findings as a relation with the types of `input_checks`, however few there are."""
    frame = pd.DataFrame([finding.as_row() for finding in findings])
    con.register("findings", frame)
    return con.sql(
        """
        select
            * replace (
                cast(row_count as bigint) as row_count,
                cast(unexpected_count as bigint) as unexpected_count,
                cast(unexpected_row_ids as bigint[]) as unexpected_row_ids,
                cast(unexpected_sources as varchar[]) as unexpected_sources,
                cast(unexpected_keys as varchar[]) as unexpected_keys,
                cast(unexpected_values as varchar[]) as unexpected_values
            )
        from findings
        """
    )
