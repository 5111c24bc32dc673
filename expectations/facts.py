"""What a rule must know about a row that the row alone does not tell, computed by DuckDB.

Copies, keys with two contents, references and the order of days need other rows or other tables.
As columns beside the row they become plain expectations, and the rows can be checked in batches.
"""

from __future__ import annotations

from expectations.rules import Order, Reference, Suite


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


def rows_with_facts(suite: Suite, columns: list[str]) -> str:
    """Return the query of an input table's rows with the facts that its suite needs.

    `columns` are those of the input table. Result: one row per input row, in order of arrival, its
    columns, `copy_number` (1 for the first of identical rows), `versions_of_key` and one boolean
    per reference and per order.
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
    return (
        f"select rows.*, {', '.join(facts)} "
        f"from inputs.input_{suite.table} as rows order by input_row_id"
    )
