"""Finds which broken rule explains which, so that a reader sees the cause and not its consequences.

A deal table without rows makes every quote an orphan; a header above the wrong columns breaks a
dozen rules at once. All of them stay in `input_checks`; those that follow from another name it.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.rules import ACCEPTED_RULE
from expectations.runner import Finding

KEY_RULES = ("key_is_not_null", "key_has_one_row")
SHARE_RULE = "no_more_than"
REFERENCE_RULE = "is_known_in_"
JOIN_RULE = "ids_match_"
# Seeds that give every cost its purpose: an account or department that they do not list stops the
# build.
COST_MAPS = ("cost_accounts", "departments")
# Sources whose ledger has all accounts, and may not say which are expenses.
WHOLE_LEDGERS = {"quickbooks", "xero"}
SEEDS = (*COST_MAPS, "channels", "currency_rates", "lifecycle_stages")
HEADER_HINT = "; do the names of the header stand above the right columns?"


def explain(findings: list[Finding]) -> None:
    """Set `explained_by` and `hint` of the broken critical findings."""
    broken = [f for f in findings if f.rule.severity == "critical" and not f.is_met]
    tables = {finding.table for finding in broken}
    for table in sorted(tables):
        _explain_within([finding for finding in broken if finding.table == table])
    references = {
        table: _worst_reference(table, findings)
        for table in tables
        if any(_is_share(finding) for finding in broken if finding.table == table)
    }
    joins = [finding for finding in broken if finding.rule.name.startswith(JOIN_RULE)]
    shares = {finding.table: finding for finding in broken if _is_share(finding)}
    misplaced = {table for table in shares if _is_misplaced(table, findings)}
    for join in joins:
        if join.table in misplaced and not join.explained_by:
            join.explained_by = shares[join.table].name
        parent = join.rule.name.removeprefix(JOIN_RULE)
        causes = [f for f in broken if f.table == parent and f not in joins]
        if causes and not join.explained_by:
            join.explained_by = _root(causes).name
    _join_joins([join for join in joins if not join.explained_by])
    for finding in broken:
        parent = references.get(finding.table)
        if finding.explained_by or not _is_share(finding):
            continue
        join = next(
            (
                j
                for j in joins
                if j.table == finding.table and j.rule.name == f"{JOIN_RULE}{parent}"
            ),
            None,
        )
        if join and finding.table not in misplaced:
            finding.explained_by = join.explained_by or join.name
            continue
        causes = [f for f in broken if parent and f.table == parent and f is not finding]
        if causes:
            finding.explained_by = _root(causes).name
        elif finding.table in misplaced:
            finding.hint = HEADER_HINT
    # Rows whose parent was rejected have its right id.
    unknown = {
        table: parent
        for table, parent in references.items()
        if (worst := worst_rejecting(table, findings))
        and worst.rule.name.startswith(REFERENCE_RULE)
    }
    _join_orphans(broken, unknown)
    for finding in broken:
        seed = finding.rule.name.removeprefix(REFERENCE_RULE)
        if seed in COST_MAPS and not finding.explained_by:
            finding.hint = f"; add it to seeds/reference/{seed}.csv"
            if seed == "cost_accounts" and WHOLE_LEDGERS & set(finding.sources):
                finding.hint += ", or to ledger_other_accounts.csv if it is no expense"


def _explain_within(broken: list[Finding]) -> None:
    """Explain findings of one table by one another."""
    empty = [f for f in broken if f.rule.name == "required_table_is_not_empty"]
    keys = [f for f in broken if f.rule.name in KEY_RULES]
    # A key that is wrong in most rows is no key: another column has its name.
    misplaced = [f for f in keys if f.is_wrong_in_most_rows]
    if empty:
        _blame(empty[0], broken)
    elif misplaced:
        _blame(misplaced[0], broken)
        misplaced[0].hint = HEADER_HINT


def _blame(cause: Finding, findings: Iterable[Finding]) -> None:
    for finding in findings:
        if finding is not cause:
            finding.explained_by = cause.name


def _is_share(finding: Finding) -> bool:
    return finding.rule.name.startswith(SHARE_RULE)


def _root(causes: list[Finding]) -> Finding:
    """Return the first of a table's findings that no other explains."""
    return next((finding for finding in causes if not finding.explained_by), causes[0])


def _is_misplaced(table: str, findings: list[Finding]) -> bool:
    """Return whether most rows break rules on two columns or more, which no typing error does."""
    columns = {
        finding.rule.column
        for finding in findings
        if finding.table == table
        and finding.rule.severity in ("reject", "blank")
        and not finding.rule.name.startswith(REFERENCE_RULE)
        and finding.is_wrong_in_most_rows
        # Dates in another format are no other column's values.
        and not finding.advice
    }
    return len(columns) > 1


def worst_rejecting(
    table: str, findings: list[Finding], source: str | None = None
) -> Finding | None:
    """Return the reject rule that most rows of a table, or of one source in it, broke."""
    rejecting = [f for f in findings if f.table == table and f.rule.severity == "reject"]
    if source is not None:
        rejecting = [finding.of_source(source) for finding in rejecting]
    return max(rejecting, key=lambda finding: len(finding.row_ids), default=None)


def _worst_reference(table: str, findings: list[Finding]) -> str | None:
    """Return the table in which most rejected rows find no parent, if that is their flaw.

    It is if no other rule rejected more of them.
    """
    worst = worst_rejecting(table, findings)
    # The parent is unknown, or it was rejected itself.
    prefixes = (REFERENCE_RULE, ACCEPTED_RULE)
    prefix = next((p for p in prefixes if worst and worst.rule.name.startswith(p)), None)
    return worst.rule.name.removeprefix(prefix) if worst and prefix else None


def _join_joins(joins: list[Finding]) -> None:
    """Report unknown ids once that several tables share."""
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for join in joins:
        differences = map(str, join.values)
        alike.setdefault((join.rule.name, *differences), []).append(join)
    for group in alike.values():
        first, *others = group
        if others:
            _blame(first, others)
            places = ", ".join(f"{join.table}.{join.rule.column}" for join in others)
            first.hint = f"; the same in {places}"


def _join_orphans(broken: list[Finding], references: dict[str, str | None]) -> None:
    """Report once that several tables find nothing in the same table."""
    orphans: dict[str, list[Finding]] = {}
    for finding in broken:
        parent = references.get(finding.table)
        if parent and _is_share(finding) and not finding.explained_by:
            orphans.setdefault(parent, []).append(finding)
    for parent, group in orphans.items():
        first, *others = sorted(group, key=lambda finding: finding.table)
        if others:
            _blame(first, others)
            tables = " and ".join(finding.table for finding in others)
            first.hint = f"; the same in {tables}"
            if parent not in SEEDS:
                first.hint += f": are the ids of {parent} right?"
