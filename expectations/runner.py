"""Drives Great Expectations, as the only module. A finding is the result of one rule."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import duckdb
import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types import base as gx_types
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from expectations.rules import Rule

EXAMPLES = 5
EXAMPLE_LENGTH = 60


@dataclass
class Finding:
    """The finding of one rule in one table; lists run in parallel, one entry per unexpected row."""

    table: str
    rule: Rule
    row_count: int = 0
    row_ids: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    # The columns that the keys are made of.
    key_columns: tuple[str, ...] = ()
    values: list[str | None] = field(default_factory=list)
    # Said instead of counts and examples, where a rule has more to say.
    explanation: str = ""
    # Said after them: what is likely to be wrong.
    hint: str = ""
    # The row count of each source in the table, if it has several: messages then name the source.
    rows_by_source: dict[str, int] = field(default_factory=dict)
    # Said of the rows of a source, behind their examples: how its values are to be read.
    advice: dict[str, str] = field(default_factory=dict)
    # Said of them before that: which column of which file they came from; and the sources of which
    # the lines are said, so that a row without a key needs no other name.
    origin: dict[str, str] = field(default_factory=dict)
    is_found_in_file: set[str] = field(default_factory=set)
    # The broken rule that this one follows from, as `table.column: rule`.
    explained_by: str | None = None

    @property
    def is_met(self) -> bool:
        """Whether no row broke the rule."""
        return not self.row_ids

    def of_source(self, source: str) -> Finding:
        """Return what the rule found in the rows of one source."""
        places = [place for place, name in enumerate(self.sources) if name == source]
        return replace(
            self,
            row_count=self.rows_by_source.get(source, self.row_count),
            row_ids=[self.row_ids[place] for place in places],
            sources=[source] * len(places),
            keys=[self.keys[place] for place in places],
            values=[self.values[place] for place in places],
            rows_by_source={},
            advice={source: self.advice[source]} if source in self.advice else {},
            origin={source: self.origin[source]} if source in self.origin else {},
        )

    @property
    def is_wrong_in_most_rows(self) -> bool:
        """Whether most rows of the table, or of one of its sources, broke the rule."""
        return (
            any(
                2 * self.sources.count(source) > row_count
                for source, row_count in self.rows_by_source.items()
            )
            or 2 * len(self.row_ids) > self.row_count
        )

    @property
    def name(self) -> str:
        """Table, column if there is one, and rule."""
        place = f"{self.table}.{self.rule.column}" if self.rule.column else self.table
        return f"{place}: {self.rule.name}"

    @property
    def examples(self) -> str:
        """Up to five different keys of the unexpected rows, with the offending value.

        The same key may have been met many times (copies). A row without a key goes by its number,
        unless its line in the file is said.
        """
        pairs: dict[str, str | None] = {}
        for row_id, source, key, value in zip(
            self.row_ids, self.sources, self.keys, self.values, strict=True
        ):
            has_key = key.strip(" /")
            if not has_key and source in self.is_found_in_file:
                continue
            pairs.setdefault(key if has_key else f"input_row_id {row_id}", value)
            if len(pairs) == EXAMPLES:
                break
        return ", ".join(
            f"{cut(key)} ({cut(value)!r})" if value is not None and value != key else cut(key)
            for key, value in pairs.items()
        )

    @property
    def message(self) -> str:
        """The finding in one line; empty if the rule is met."""
        if self.is_met:
            return ""
        return f"{self.name}: {self.explanation or self.counts}{self.hint}"

    @property
    def counts(self) -> str:
        """How many rows broke the rule, with examples; for each source that did, if several."""
        if self.rows_by_source:
            return "; ".join(
                f"from {source} {self.of_source(source).counts}"
                for source in sorted(set(self.sources))
            )
        examples = self.examples
        counts = f"{len(self.row_ids):,} of {self.row_count:,} rows"
        counts += f", e.g. {examples}" if examples else ""
        return counts + "".join(self.origin.values()) + "".join(self.advice.values())

    def as_row(self) -> dict[str, Any]:
        """Return the finding as a row of `input_checks`."""
        return {
            "table_name": self.table,
            "column_name": self.rule.column,
            "rule": self.rule.name,
            "severity": self.rule.severity,
            "expectation": type(self.rule.expectation).__name__,
            "is_met": self.is_met,
            "row_count": self.row_count,
            "unexpected_count": len(self.row_ids),
            "examples": self.examples,
            "message": self.message,
            "explained_by": self.explained_by,
            "unexpected_row_ids": self.row_ids,
            "unexpected_sources": self.sources,
            "unexpected_keys": self.keys,
            "unexpected_values": self.values,
        }


def cut(text: str, length: int = EXAMPLE_LENGTH) -> str:
    """Return the text, or its beginning if it is too long for a message."""
    return text if len(text) <= length else text[:length] + "…"


class NotEvaluatedError(RuntimeError):
    """An expectation could not be evaluated: that is an error of the gate, never a pass."""


# One at a time makes answers be given once: it changes classes of Great Expectations.
_asking = threading.Lock()


@contextmanager
def _answering_once(owner: type, name: str) -> Iterator[None]:
    """Let a property or method without arguments be computed once for each object of a class.

    Great Expectations asks an expectation for its configuration a hundred times, and each answer
    for its expectation: half of the gate's time.
    """
    original = vars(owner)[name]
    compute = original.fget if isinstance(original, property) else original
    # The object stands beside its answer, so that no other one gets its id meanwhile.
    answers: dict[int, tuple[Any, Any]] = {}

    def answer(self: Any) -> Any:  # noqa: ANN401
        if id(self) not in answers:
            answers[id(self)] = self, compute(self)
        return answers[id(self)][1]

    setattr(owner, name, property(answer) if isinstance(original, property) else answer)
    try:
        yield
    finally:
        setattr(owner, name, original)


class Runner:
    """One Great Expectations context, without telemetry, progress bars or files."""

    def __init__(self) -> None:
        # It would tell on stderr of each temporary folder that it makes.
        logging.getLogger(gx_types.__name__).setLevel(logging.WARNING)
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = gx_types.ProgressBarsConfig(globally=False)
        # One source for all batches: for each that it is given, Great Expectations writes its
        # whole configuration down.
        source = self._context.data_sources.add_pandas("batches")
        asset = source.add_dataframe_asset("rows")
        self._rows = asset.add_batch_definition_whole_dataframe("rows")

    def unexpected(self, frame: pd.DataFrame, rules: list[Rule]) -> list[tuple[Rule, list[Any]]]:
        """Return for each rule the index values of the frame's rows that break it.

        Raises NotEvaluatedError if Great Expectations could not evaluate a rule.
        """
        batch = self._rows.get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(name="rules")
        for number, rule in enumerate(rules):
            suite.add_expectation(rule.expectation.copy(update={"meta": {"number": number}}))
        with (
            _asking,
            _answering_once(Expectation, "configuration"),
            _answering_once(ExpectationConfiguration, "to_domain_obj"),
        ):
            report = batch.validate(
                suite,
                result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False},
            )
        # The source holds the rows of the last batch that was validated.
        empty = self._rows.get_batch({"dataframe": pd.DataFrame()})
        empty.validate(gx.ExpectationSuite(name="no rules"))
        found = []
        for result in report.results:
            rule = rules[result.expectation_config.meta["number"]]
            if "unexpected_index_list" not in result.result:
                raise NotEvaluatedError(f"{rule.name} on {rule.column}: {result.exception_info}")
            index = frame.index.name
            indices = [entry[index] for entry in result.result["unexpected_index_list"]]
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
                cast(explained_by as varchar) as explained_by,
                cast(unexpected_row_ids as bigint[]) as unexpected_row_ids,
                cast(unexpected_sources as varchar[]) as unexpected_sources,
                cast(unexpected_keys as varchar[]) as unexpected_keys,
                cast(unexpected_values as varchar[]) as unexpected_values
            )
        from findings
        """
    )
