"""Expectations that Great Expectations lacks: a text is a day, a moment or a number.

Each accepts a column of text (as CSV gives it) and one that already has its type (as Parquet gives
it). They are vectorised; `expect_column_values_to_match_strftime_format` parses row by row and
takes one format only. What they accept, the casts of staging accept too. Written as custom
expectations are:
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

# `[0-9]`, since `\d` also matches the digits of other scripts, which no cast understands.
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
MOMENT = rf"{DAY}(?:[T ]{TIME})?"
NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,20})?"


def _is_temporal(values: pd.Series) -> bool:
    """Return whether the values are days or moments already (a column has one type)."""
    return pd.api.types.is_datetime64_any_dtype(values) or (
        len(values) > 0 and isinstance(values.iloc[0], datetime.date)
    )


def _is_numeric(values: pd.Series) -> bool:
    """Return whether the values are numbers already; booleans are none."""
    if pd.api.types.is_bool_dtype(values):
        return False
    return pd.api.types.is_numeric_dtype(values) or (
        len(values) > 0 and isinstance(values.iloc[0], Decimal)
    )


def _texts_like(values: pd.Series, pattern: str) -> pd.Series:
    """Return the values as text, null where they do not match the whole pattern."""
    texts = values.astype("string")
    return texts.where(texts.str.fullmatch(pattern))


def _within(days: pd.Series, earliest: str, latest: str) -> pd.Series:
    return days.notna() & (days >= pd.Timestamp(earliest)) & (days < pd.Timestamp(latest))


def is_day(values: pd.Series, earliest: str, latest: str) -> pd.Series:
    """Tell where a value is a day `YYYY-MM-DD` that exists, from `earliest` to before `latest`."""
    if _is_temporal(values):
        days = pd.to_datetime(values, errors="coerce", utc=True)
    else:
        texts = _texts_like(values, DAY)
        days = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce", utc=True)
    return _within(days.dt.tz_localize(None), earliest, latest).astype(bool)


def is_moment(values: pd.Series, earliest: str, latest: str) -> pd.Series:
    """Tell where a value is a day or an ISO 8601 moment that exists, within the calendar."""
    if _is_temporal(values):
        moments = pd.to_datetime(values, errors="coerce", utc=True)
    else:
        texts = _texts_like(values, MOMENT)
        moments = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    return _within(moments.dt.tz_localize(None), earliest, latest).astype(bool)


def is_number(values: pd.Series, minimum: float, maximum: float, whole: bool) -> pd.Series:
    """Tell where a value is a plain number (no spaces, no exponent) from `minimum` to `maximum`."""
    if not _is_numeric(values):
        values = _texts_like(values, NUMBER)
    numbers = pd.to_numeric(values, errors="coerce")
    good = numbers.notna() & (numbers >= minimum) & (numbers <= maximum)
    if whole:
        good &= numbers % 1 == 0
    return good.fillna(False).astype(bool)


class _Days(ColumnMapMetricProvider):
    condition_metric_name = "column_values.are_days"
    condition_value_keys = ("earliest", "latest")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, earliest, latest, **kwargs):  # noqa: ANN001, ANN003, ANN202
        return is_day(column, earliest, latest)


class _Moments(ColumnMapMetricProvider):
    condition_metric_name = "column_values.are_moments"
    condition_value_keys = ("earliest", "latest")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, earliest, latest, **kwargs):  # noqa: ANN001, ANN003, ANN202
        return is_moment(column, earliest, latest)


class _Numbers(ColumnMapMetricProvider):
    condition_metric_name = "column_values.are_numbers"
    condition_value_keys = ("minimum", "maximum", "whole")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column, minimum, maximum, whole, **kwargs):  # noqa: ANN001, ANN003, ANN202
        return is_number(column, minimum, maximum, whole)


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
    """Expect each value to be a plain number from `minimum` to `maximum`, `whole` if asked."""

    minimum: float
    maximum: float
    whole: bool = False
    map_metric: ClassVar[str] = "column_values.are_numbers"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "minimum", "maximum", "whole")
