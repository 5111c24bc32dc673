"""The gate asked directly, one table at a time, without a build."""

import duckdb
import yaml
from conftest import ROOT

from expectations import gate
from expectations.runner import Runner

# What the reference seeds list.
SEEDS = {
    "currency_rates": ("currency", ["EUR", "USD"]),
    "cost_accounts": ("account_code", ["618100"]),
    "departments": ("department", ["Sales"]),
    "channels": ("source", ["PAID_SEARCH"]),
}


def columns_of(table):
    """Return the columns of the input contract."""
    path = ROOT / "models" / "inputs" / f"input_{table}.yml"
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return [column["name"] for column in model["columns"]]


def broken_rules(suite, rows, known):
    """Return for each row of a suite's table the rules that it breaks, as `severity column: rule`.

    The other tables hold the row that is `known` of them.
    """
    con = duckdb.connect()
    con.execute("create schema inputs; create schema reference")
    for seed, (column, values) in SEEDS.items():
        con.execute(
            f"create table reference.{seed} as select unnest(?::varchar[]) as {column}", [values]
        )
    for name in {*known, suite.table}:
        columns = columns_of(name)
        types = ", ".join(
            f"{column} {'bigint' if column == 'input_row_id' else 'varchar'}" for column in columns
        )
        con.execute(f"create table inputs.input_{name} ({types})")
        for row_id, row in enumerate(rows if name == suite.table else [known[name]], start=1):
            cells = {"input_row_id": row_id, "source_system": "a", **row}
            assert set(cells) <= set(columns), cells
            con.execute(
                f"insert into inputs.input_{name} values ({', '.join('?' * len(columns))})",
                [cells.get(column) for column in columns],
            )
    broken = [[] for _ in rows]
    for finding in gate.check_table(con, Runner(), suite):
        for row_id in finding.row_ids:
            rule = finding.rule
            broken[row_id - 1].append(f"{rule.severity} {rule.column}: {rule.name}")
    return [sorted(rules) for rules in broken]
