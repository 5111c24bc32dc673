"""Facts about a row that the row alone does not show, computed by DuckDB for the rules.

Copies, keys with two contents, references, overlaps and the order of days need other rows, other
tables or other columns; whether a cell can be read is asked of the functions that staging reads it
with (`macros/readings.sql`). As columns beside the row they become plain expectations, and the rows
can be checked in batches.
"""

from __future__ import annotations

import duckdb

from expectations.rules import (
    Calendar,
    Order,
    Periods,
    Reference,
    Rule,
    Suite,
    as_choice,
    as_number,
    as_text,
)

Loads = set[tuple[str, str]] | None


def _quoted(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _same(reference: Reference) -> str:
    """Return SQL of whether a row `found` holds the values that an input row refers to."""
    pairs = zip(reference.columns, reference.of, strict=True)
    if reference.is_to_seed:
        return " and ".join(
            f'read_choice(cast(found."{there}" as varchar)) = read_choice({as_text(here)})'
            for here, there in pairs
        )
    same = " and ".join(f'found."{there}" = local_id(rows."{here}")' for here, there in pairs)
    # A source may name the records of another one (macros/identity.sql).
    source = f'source_of_id(rows."{reference.column}", rows.source_system)'
    return f"{same} and found.source_system = {source}"


def _where_asked(reference: Reference, holds: str, loads: Loads) -> str:
    """Return SQL that is null where the input row refers to nothing, or its source lacks the table.

    A source that does not supply the table gives no list of ids.
    """
    missing = [f'rows."{column}" is null' for column in reference.columns]
    if loads is not None and not reference.is_to_seed:
        sources = [source for source, table in sorted(loads) if table == reference.table]
        missing.append(f"rows.source_system not in {(*sources, '', '')}")
    return f"case when {' or '.join(missing)} then null else {holds} end"


def _is_known(reference: Reference, loads: Loads) -> str:
    """Return SQL of whether a value is in its reference; null where nothing is asked."""
    table = reference.table
    relation = table if reference.is_to_seed else f"inputs.input_{table}"
    holds = f"exists (select 1 from {relation} as found where {_same(reference)})"
    return _where_asked(reference, holds, loads)


def _is_accepted(reference: Reference, table: str, loads: Loads) -> str:
    """Return SQL that is false where each row that a value of `table` refers to was rejected.

    A row that refers to itself is no child of another: some systems write so that it has no parent.
    """
    lost = f"select 1 from {reference.lost_values} as found where {_same(reference)}"
    holds = f"not exists ({lost})"
    if reference.table == table:
        pairs = zip(reference.columns, reference.of, strict=True)
        itself = (f'rows."{here}" is not distinct from rows."{there}"' for here, there in pairs)
        holds = f"({' and '.join(itself)} or {holds})"
    return _where_asked(reference, holds, loads)


def keep_lost_values(
    con: duckdb.DuckDBPyConnection, suites: list[Suite], table: str, rejected: list[int]
) -> None:
    """Write down the values of a table that suites look for and that have lost all their rows.

    `rejected` are the `input_row_id`s of its rejected rows. There is a temporary table for each set
    of columns that is referred to, `Reference.lost_values`, with `source_system` and the columns.
    """
    asked = [r for s in suites for r in s.asked_for_lost_values() if r.table == table]
    for reference in {r.lost_values: r for r in asked}.values():
        columns = f"source_system, {_quoted(reference.of)}"
        rows = f"select {columns} from inputs.input_{table} where input_row_id"
        con.execute(
            f"create or replace temp table {reference.lost_values} as "
            f"{rows} in (select unnest($1::bigint[])) "
            f"except {rows} not in (select unnest($1::bigint[]))"
            if rejected
            else f"create or replace temp table {reference.lost_values} as {rows} is null",
            [rejected] if rejected else None,
        )


def _is_in_order(order: Order, calendar: Calendar) -> str:
    """Return SQL that is null where a day is missing or no day, else whether the order holds."""
    return f"{calendar.day(order.column)} >= {calendar.day(order.start)}"


def _days_of(periods: Periods) -> tuple[str, str]:
    """Return SQL of the first and the last day of a period; the last is infinite without an end."""
    calendar = periods.calendar
    start, end = calendar.day(periods.start), calendar.day(periods.end)
    first = f"case when {calendar.holds(start)} then {start} end"
    # It lies before any later start: staging ends it there.
    open_ended = start if periods.lasts_until_next else "date 'infinity'"
    last = (
        f'case when rows."{periods.end}" is null then {open_ended} '
        f"when {as_text(periods.end)} = 'infinity' "
        f"or {end} >= date '{calendar.latest}' then date 'infinity' "
        f"when {end} >= date '{calendar.earliest}' then {end} end"
    )
    return first, last


def _with_days(suite: Suite) -> str:
    """Return the relation of an input table's rows, with the days of their periods read once."""
    days = "".join(
        f', {first} as "{periods.start}_first_day", {last} as "{periods.start}_last_day"'
        for periods in suite.periods
        for first, last in [_days_of(periods)]
    )
    return f"(select *{days} from inputs.input_{suite.table} as rows)"


def _about_other_periods(periods: Periods, holds: str, others: str) -> str:
    """Return SQL that is null where a row is no period, else whether `holds` for the others.

    A row that is no period (without a start, or with an end before it) overlaps no other.
    A period that starts on the same day is not earlier: it is a copy, or a second row. `others` is
    the frame of the window over the periods of one thing, in order; `holds` has `{first}`,
    `{last}`, and `{window}` for the window.
    """
    first, last = f'"{periods.start}_first_day"', f'"{periods.start}_last_day"'
    window = (
        f"over (partition by source_system, {_quoted(periods.of)} order by {first} nulls last "
        f"range between {others})"
    )
    given = " and ".join(f'rows."{column}" is not null' for column in periods.of)
    holds = holds.format(first=first, last=last, window=window)
    return f"case when {given} and {last} >= {first} then coalesce({holds}, true) end"


def _is_after_earlier_periods(periods: Periods) -> str:
    """Return SQL of whether all earlier periods have ended; a trimmed day is no overlap."""
    earlier = "unbounded preceding and interval 1 day preceding"
    return _about_other_periods(periods, "max({last}) {window} <= {first}", earlier)


def _is_before_next_start(periods: Periods) -> str:
    """Return SQL that is false where a period ends on the day on which the next one starts."""
    later = "interval 1 day following and unbounded following"
    return _about_other_periods(periods, "{last} != min({first}) {window}", later)


def _as_read(suite: Suite, columns: tuple[str, ...], calendar: Calendar) -> str:
    """Return SQL of cells as staging will have them: one day may be written in two ways."""
    names = {rule.column: rule.name for rule in suite.rules}
    spelled = {column for r in suite.references if r.is_to_seed for column in r.columns}
    cells = []
    for column in columns:
        name, cell = names.get(column, ""), as_text(column)
        if name.startswith("is_a_day_like_"):
            cell = f"coalesce(cast({calendar.day(column)} as varchar), {cell})"
        elif name.startswith("is_a_moment_like_"):
            cell = f"coalesce(cast({calendar.moment(column)} as varchar), {cell})"
        elif name.startswith(("is_a_number", "is_a_whole_number")):
            cell = f"coalesce(cast({as_number(column)} as varchar), {cell})"
        elif column in spelled or name.startswith("is_one_of_"):
            cell = as_choice(column)
        cells.append(cell)
    return ", ".join(cells)


def rows_with_facts(
    suite: Suite,
    rules: list[Rule],
    columns: list[str],
    calendar: Calendar,
    loads: Loads = None,
    rejected: list[int] | None = None,
    broken: str = "true",
) -> str:
    """Return the query of an input table's rows as its rules look at them.

    `columns` are those of the input table, `rules` those of the suite that are asked, `loads` the
    pairs of source and table that are supplied, all of them if it is None; `rejected` are
    `input_row_id`s of rows that are left out; `broken` is SQL over the result, true of those of its
    rows that are wanted. Result: one row per input row, in order of arrival:
    `input_row_id`, and what a rule looks at: columns as text, `copy_number` (1 for the first of
    identical rows), `versions_of_key`, and a column per fact.
    """
    content = tuple(column for column in columns if column != "input_row_id")
    looked_at = {rule.expectation.column for rule in rules}
    cells = [f'{as_text(column)} as "{column}"' for column in content if column in looked_at]
    # Rows without a unique key would count twice: two spellings of one row are copies there.
    same = _quoted(content) if suite.is_unique else _as_read(suite, content, calendar)
    facts = {"copy_number": f"row_number() over (partition by {same} order by input_row_id)"}
    if suite.is_unique:
        # Rows without a key are another rule's.
        missing = " or ".join(f'"{column}" is null' for column in suite.key)
        facts["versions_of_key"] = (
            f"case when {missing} then null else "
            f"count(distinct hash({_quoted(content)})) over (partition by source_system, "
            f"{_as_read(suite, suite.key, calendar)}) end"
        )
    for reference in suite.references:
        facts[reference.fact] = _is_known(reference, loads)
        if not reference.is_to_seed:
            facts[reference.lost_fact] = _is_accepted(reference, suite.table, loads)
    facts |= {order.fact: _is_in_order(order, calendar) for order in suite.orders}
    facts |= {condition.fact: condition.holds for condition in suite.conditions}
    for periods in suite.periods:
        facts[periods.fact] = _is_after_earlier_periods(periods)
        facts[periods.trimmed_fact] = _is_before_next_start(periods)
    facts |= {rule.expectation.column: rule.fact for rule in rules if rule.fact}
    asked = [f'{sql} as "{name}"' for name, sql in facts.items() if name in looked_at]
    selected = ["input_row_id", *cells, *asked]
    left_out = f"where input_row_id not in {(*rejected, -1, -1)} " if rejected else ""
    judged = f"select {', '.join(selected)} from {_with_days(suite)} as rows {left_out}"
    return f"select * from ({judged}) where {broken} order by input_row_id"
