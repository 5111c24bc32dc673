"""Expectations that Great Expectations lacks: a text is a day, a moment or a number.

Each accepts a column of text (as CSV gives it) and one that already has its type (as Parquet gives
it). They are vectorised; `expect_column_values_to_match_strftime_format` parses row by row and takes
one format only. Written as custom expectations are:
https://docs.greatexpectations.io/docs/core/customize_expectations/
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import ClassVar

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)

DAY = r"\d{4}-\d{2}-\d{2}"
MOMENT = rf"{DAY}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?)?"
NUMBER = r"[+-]?\d{1,15}(?:\.\d{1,12})?"


def _typed(values: pd.Series, types: tuple[type, ...]) -> bool:
    """Whether the first value already has one of the types (a column has one type)."""
    return len(values) > 0 and isinstance(values.iloc[0], types)


def _within(days: pd.Series, earliest: str, latest: str) -> pd.Series:
    return days.notna() & (days >= pd.Timestamp(earliest)) & (days < pd.Timestamp(latest))


def is_day(values: pd.Series, earliest: str, latest: str) -> pd.Series:
    """True where a value is a day `YYYY-MM-DD` that exists, from `earliest` to before `latest`."""
    if not _typed(values, (datetime.date, pd.Timestamp)):
        values = values.astype("string").where(values.astype("string").str.fullmatch(DAY))
    days = pd.to_datetime(values, format="%Y-%m-%d", errors="coerce")
    return _within(days, earliest, latest).astype(bool)


def is_moment(values: pd.Series, earliest: str, latest: str) -> pd.Series:
    """True where a value is a day or an ISO 8601 moment that exists, within the calendar."""
    if not _typed(values, (datetime.date, pd.Timestamp)):
        values = values.astype("string").where(values.astype("string").str.fullmatch(MOMENT))
    moments = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
    return _within(moments.dt.tz_localize(None), earliest, latest).astype(bool)


def is_number(values: pd.Series, minimum: float | None, whole: bool) -> pd.Series:
    """True where a value is a plain decimal number (no spaces, no exponent), at least `minimum`."""
    if not _typed(values, (int, float, Decimal)):
        values = values.astype("string").where(values.astype("string").str.fullmatch(NUMBER))
    numbers = pd.to_numeric(values, errors="coerce")
    good = numbers.notna() & (numbers.abs() < float("inf"))
    if minimum is not None:
        good &= numbers >= minimum
    if whole:
        good &= numbers % 1 == 0
    return good.fillna(False).astype(bool)


class _Days(ColumnMapMetricProvider):
    condition_metric_name = "column_values.are_days"
    condition_value_keys = ("earliest", "latest")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, earliest, latest, **kwargs):  # noqa: ANN001, ANN003, ANN202, N805
        return is_day(column, earliest, latest)


class _Moments(ColumnMapMetricProvider):
    condition_metric_name = "column_values.are_moments"
    condition_value_keys = ("earliest", "latest")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, earliest, latest, **kwargs):  # noqa: ANN001, ANN003, ANN202, N805
        return is_moment(column, earliest, latest)


class _Numbers(ColumnMapMetricProvider):
    condition_metric_name = "column_values.are_numbers"
    condition_value_keys = ("minimum", "whole")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, minimum, whole, **kwargs):  # noqa: ANN001, ANN003, ANN202, N805
        return is_number(column, minimum, whole)


class ExpectColumnValuesToBeDays(ColumnMapExpectation):
    """Expect each value to be a day that exists, from `earliest` to before `latest`."""

    earliest: str
    latest: str
    map_metric: ClassVar[str] = "column_values.are_days"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "earliest", "latest")


class ExpectColumnValuesToBeMoments(ColumnMapExpectation):
    """Expect each value to be a day or an ISO 8601 moment that exists, within the calendar."""

    earliest: str
    latest: str
    map_metric: ClassVar[str] = "column_values.are_moments"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "earliest", "latest")


class ExpectColumnValuesToBeNumbers(ColumnMapExpectation):
    """Expect each value to be a plain number, at least `minimum`, and `whole` if asked."""

    minimum: float | None = None
    whole: bool = False
    map_metric: ClassVar[str] = "column_values.are_numbers"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "minimum", "whole")
