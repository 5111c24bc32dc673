"""What a rule must know about a row that the row alone does not tell, computed by DuckDB.

Copies, keys with two contents, references, overlaps and the order of days need other rows, other
tables or other columns. As columns beside the row they become plain expectations, and the rows can
be checked in batches.
"""

from __future__ import annotations

from expectations.custom import DAY
from expectations.rules import Calendar, Order, Periods, Reference, Suite


def _quoted(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _is_known(reference: Reference) -> str:
    """Return SQL that is null where a value is missing, else whether it stands in the reference."""
    pairs = zip(reference.columns, reference.of, strict=True)
    same = " and ".join(f'found."{there}" = rows."{here}"' for here, there in pairs)
    if reference.table.startswith("reference."):
        relation = reference.table
    else:
        relation = f"inputs.input_{reference.table}"
        same += " and found.source_system = rows.source_system"
    missing = " or ".join(f'rows."{column}" is null' for column in reference.columns)
    return (
        f"case when {missing} then null "
        f"else exists (select 1 from {relation} as found where {same}) end"
    )


def _is_in_order(order: Order) -> str:
    """Return SQL that is null where a day is missing or no day, else whether the order holds."""

    def as_day(column: str) -> str:
        return f'try_cast(left(cast(rows."{column}" as varchar), 10) as date)'

    return f"{as_day(order.column)} >= {as_day(order.start)}"


def _calendar_day(column: str, calendar: Calendar) -> str:
    """Return SQL of the day that the rule `day` accepts, null where it does not."""
    text = f'cast(rows."{column}" as varchar)'
    return (
        f"case when (typeof(rows.\"{column}\") != 'VARCHAR' or regexp_full_match({text}, '{DAY}')) "
        f"and try_cast(left({text}, 10) as date) >= date '{calendar.earliest}' "
        f"and try_cast(left({text}, 10) as date) < date '{calendar.latest}' "
        f"then try_cast(left({text}, 10) as date) end"
    )


def _is_after_earlier_periods(periods: Periods) -> str:
    """Return SQL that is null where a row is no period, else whether all earlier ones have ended.

    What is no period reaches none that follows: it has no start, no end, or one before its start.
    What starts on the same day is not earlier: it is a copy, or its key is not unique.
    """
    start = _calendar_day(periods.start, periods.calendar)
    end = _calendar_day(periods.end, periods.calendar)
    last = f"case when rows.\"{periods.end}\" is null then date 'infinity' else {end} end"
    given = " and ".join(f'rows."{column}" is not null' for column in periods.of)
    return (
        f"case when {given} and {last} >= {start} then coalesce(max({last}) over ("
        f"partition by source_system, {_quoted(periods.of)} order by {start} nulls last "
        f"range between unbounded preceding and interval 1 day preceding) < {start}, true) end"
    )


def rows_with_facts(suite: Suite, columns: list[str]) -> str:
    """Return the query of an input table's rows with the facts that its suite needs.

    `columns` are those of the input table. Result: one row per input row, in order of arrival, its
    columns, `copy_number` (1 for the first of identical rows), `versions_of_key` and one boolean
    per reference, order, condition and kind of periods.
    """
    content = [column for column in columns if column != "input_row_id"]
    facts = [
        "row_number() over (partition by "
        + _quoted(tuple(content))
        + " order by input_row_id) as copy_number"
    ]
    if suite.is_unique:
        # Rows without a key are another rule's.
        missing = " or ".join(f'"{column}" is null' for column in suite.key)
        facts.append(
            f"case when {missing} then null else "
            f"count(distinct hash({_quoted(tuple(content))})) over (partition by source_system, "
            f"{_quoted(suite.key)}) end as versions_of_key"
        )
    facts += [f"{_is_known(reference)} as {reference.fact}" for reference in suite.references]
    facts += [f"{_is_in_order(order)} as {order.fact}" for order in suite.orders]
    facts += [f'{condition.holds} as "{condition.fact}"' for condition in suite.conditions]
    facts += [
        f"{_is_after_earlier_periods(periods)} as {periods.fact}" for periods in suite.periods
    ]
    return (
        f"select rows.*, {', '.join(facts)} "
        f"from inputs.input_{suite.table} as rows order by input_row_id"
    )
