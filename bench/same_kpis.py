"""How long do three KPIs take in this project, by a month spine in SQL, and in pandas?

`bench/same_kpis.py` computes MRR movements, the churn rate of customers and the step from lead to
MQL, each on its own, for every month. It does so in several ways in one run, and prints medians.
The order of the ways is turned round in every second turn.

- this project: the SQL of all models between staging and the KPI, as the last build has compiled
  it, written into an empty file; then the question. It makes all periods, cuts and variants of the
  KPI, and all columns of its models. Tests, constraints, hooks and the work of dbt are left out.
- this project, same input: only those of the models that read, at first or second hand, the table
  that the other methods start from. Compare the methods with this one.
- this project, asked: the question alone, put to the view in the build.
- month spine: all customers times all months, the MRR of each, that of the month before beside it,
  and a case that names the change. One query, and only what is asked: months without cuts.
- pandas: the same method in data frames. The time to fetch the tables counts.
- PostgreSQL: the query of the month spine there, with `--postgres DSN`. The time to copy the tables
  does not count, and what the server uses of a processor is not known here. All happens in a
  transaction that is taken back, so nothing stays there. psycopg2 has to be installed.

The methods start from the priced periods of subscription lines and from the first days in the
stages of the lifecycle: what is hard in them, such as trials, arrears, discounts, merged records
and time zones, is done by then.

Opening and closing MRR, new, churn, reactivation and all counts must be the same, to the cent, or
the run stops. Expansion and contraction may differ: the month spine takes the change of an
exchange rate for a change of the customer, where this project tells it apart (`fx`). In how many
months they do is printed. Nothing else is asserted.

Each KPI is made on its own, so the ways of this project do not add up: a build makes a model once
for all of its readers.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from processes import keep

Node = dict[str, Any]
Rows = list[tuple[Any, ...]]
Tables = dict[str, pd.DataFrame]

BEHIND_STAGING = {"intermediate", "marts", "aggregates", "kpis"}
# The schema in PostgreSQL, and the file that the models are written to.
SCRATCH = "same_kpis"
CENT = 0.01
MAY_DIFFER = {"expansion", "contraction"}
# The tables and columns that the methods read, with types that both engines know.
INPUTS = {
    "int_months": {"month_start": "date", "balance_date": "date"},
    "int_subscription_periods_priced": {
        "customer_id": "text",
        "currency": "text",
        "paid_from": "date",
        "paid_to": "date",
        "mrr_in_currency": "numeric(28, 8)",
    },
    "int_conversion_rates_monthly": {
        "month_start": "date",
        "currency": "text",
        "conversion_rate": "numeric(38, 20)",
    },
    "int_lifecycle_stages_entered": {
        "contact_id": "text",
        "funnel_order": "integer",
        "entered_date": "date",
    },
    "stg_contacts": {"contact_id": "text", "is_counted": "boolean"},
}
MRR_INPUTS = ["int_months", "int_subscription_periods_priced", "int_conversion_rates_monthly"]
FUNNEL_INPUTS = ["int_months", "int_lifecycle_stages_entered", "stg_contacts"]

# Each engine multiplies in its faster way: DuckDB takes ten times as long for decimals.
CONVERTED_BY_DUCKDB = (
    "cast(lines.mrr_in_currency as double) * cast(rates.conversion_rate as double)"
)
CONVERTED_BY_POSTGRES = "lines.mrr_in_currency * rates.conversion_rate"
# A customer stays in the spine for the month after its last balance: there it churns.
SPINE = """
    with line_months as (
        select
            lines.customer_id,
            months.month_start,
            cast({converted} as decimal(28, 8)) as mrr
        from {int_subscription_periods_priced} as lines
        inner join {int_months} as months
            on
                lines.paid_from <= months.balance_date
                and coalesce(lines.paid_to, months.balance_date) >= months.balance_date
        inner join {int_conversion_rates_monthly} as rates
            on months.month_start = rates.month_start and lines.currency = rates.currency
    ),

    balances as (
        select
            customer_id,
            month_start,
            sum(mrr) as mrr
        from line_months
        group by customer_id, month_start
        having sum(mrr) > 0
    ),

    customers as (
        select
            customer_id,
            min(month_start) as first_month,
            max(month_start) as last_month
        from balances
        group by customer_id
    ),

    spine as (
        select
            customers.customer_id,
            months.month_start,
            months.month_start = customers.first_month as is_first
        from customers
        inner join {int_months} as months
            on
                months.month_start >= customers.first_month
                and months.month_start <= customers.last_month + interval '1 month'
    ),

    filled as (
        select
            spine.*,
            coalesce(balances.mrr, 0) as mrr,
            coalesce(
                lag(balances.mrr) over (
                    partition by spine.customer_id order by spine.month_start
                ),
                0
            ) as previous
        from spine
        left join balances
            on
                spine.customer_id = balances.customer_id
                and spine.month_start = balances.month_start
    ),

    named as (
        select
            *,
            mrr - previous as change,
            case
                when is_first then 'new'
                when mrr = 0 and previous > 0 then 'churn'
                when previous = 0 and mrr > 0 then 'reactivation'
                when mrr > previous then 'expansion'
                when mrr < previous then 'contraction'
            end as movement
        from filled
    )
"""
MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation")
MOVEMENTS_ASKED = (
    """
    select
        period_start,
        sum(net) over (order by period_start) - net as opening,
        """
    + ", ".join(f'"{movement}"' for movement in MOVEMENTS)
    + """,
        sum(net) over (order by period_start) as closing
    from (
        select
            period_start,
            sum(case when variant = 'standard' then value end) as net,
            """
    + ", ".join(
        f"sum(case when variant = '{movement}' then value end) as \"{movement}\""
        for movement in MOVEMENTS
    )
    + """
        from {kpi}
        where period_grain = 'month' and dimension = 'all'
        group by period_start
    ) as by_month
    order by period_start
"""
)
MOVEMENTS_OF_SPINE = (
    SPINE
    + """
    select
        months.month_start,
        coalesce(sum(named.previous), 0) as opening,
        """
    + ", ".join(
        f"coalesce(sum(case when named.movement = '{movement}' then named.change end), 0)"
        for movement in MOVEMENTS
    )
    + """,
        coalesce(sum(named.mrr), 0) as closing
    from {int_months} as months
    left join named on months.month_start = named.month_start
    group by months.month_start
    order by months.month_start
"""
)
RATE_ASKED = """
    select period_start, coalesce(numerator, 0), coalesce(denominator, 0)
    from {kpi}
    where variant = '%s' and period_grain = 'month' and dimension = 'all'
    order by period_start
"""
CHURN_OF_SPINE = (
    SPINE
    + """
    select
        months.month_start,
        count(case when named.previous > 0 and named.mrr = 0 then 1 end) as lost,
        count(case when named.previous > 0 then 1 end) as at_start
    from {int_months} as months
    left join named on months.month_start = named.month_start
    group by months.month_start
    order by months.month_start
"""
)
# A later stage implies the earlier ones.
FUNNEL_BY_SQL = """
    with reached as (
        select
            entries.contact_id,
            min(entries.entered_date) as lead_date,
            min(case when entries.funnel_order >= 2 then entries.entered_date end) as mql_date
        from {int_lifecycle_stages_entered} as entries
        inner join {stg_contacts} as contacts on entries.contact_id = contacts.contact_id
        where contacts.is_counted
        group by entries.contact_id
    )

    select
        months.month_start,
        count(reached.mql_date) as mqls,
        count(reached.contact_id) as leads
    from {int_months} as months
    left join reached on months.month_start = cast(date_trunc('month', lead_date) as date)
    group by months.month_start
    order by months.month_start
"""


def in_months(frame: pd.DataFrame, first: np.ndarray, behind: np.ndarray) -> pd.DataFrame:
    """Repeat each row for the numbers of its months, from the first one to before the other."""
    times = np.maximum(behind - first, 0)
    repeated = frame.loc[frame.index.repeat(times)].reset_index(drop=True)
    place = np.arange(len(repeated)) - np.repeat(np.cumsum(times) - times, times)
    return repeated.assign(month=np.repeat(first, times) + place)


def spine(tables: Tables) -> pd.DataFrame:
    """Return customers times months with MRR, that of the month before, and the movement."""
    months = tables["int_months"]
    ends = months["balance_date"].to_numpy()
    lines = tables["int_subscription_periods_priced"]
    lines = in_months(
        lines,
        np.searchsorted(ends, lines["paid_from"].to_numpy(), side="left"),
        np.searchsorted(ends, lines["paid_to"].fillna(ends.max()).to_numpy(), side="right"),
    )
    lines["month_start"] = months["month_start"].to_numpy()[lines["month"]]
    lines = lines.merge(tables["int_conversion_rates_monthly"], on=["month_start", "currency"])
    lines["mrr"] = (lines["mrr_in_currency"] * lines["conversion_rate"]).round(8)
    balances = lines.groupby(["customer_id", "month"], as_index=False)["mrr"].sum()
    balances["mrr"] = balances["mrr"].round(8)
    balances = balances[balances["mrr"] > 0]
    customers = balances.groupby("customer_id", as_index=False)["month"].agg(["min", "max"])
    filled = in_months(
        customers,
        customers["min"].to_numpy(),
        np.minimum(customers["max"].to_numpy() + 2, len(months)),
    ).merge(balances, how="left", on=["customer_id", "month"])
    mrr = filled["mrr"] = filled["mrr"].fillna(0)
    previous = filled["previous"] = filled.groupby("customer_id")["mrr"].shift(fill_value=0)
    filled["change"] = (mrr - previous).round(8)
    filled["movement"] = np.select(
        [
            filled["month"] == filled["min"],
            (mrr == 0) & (previous > 0),
            (previous == 0) & (mrr > 0),
            filled["change"] > 0,
            filled["change"] < 0,
        ],
        ["new", "churn", "reactivation", "expansion", "contraction"],
        default="",
    )
    return filled


def by_month(tables: Tables, figures: list[pd.Series]) -> Rows:
    """Return the figures, by the numbers of months, as rows; a month without one has zero."""
    months = tables["int_months"]["month_start"]
    filled = [figure.reindex(months.index, fill_value=0) for figure in figures]
    return list(zip(months.dt.date, *filled, strict=True))


def movements_in_pandas(tables: Tables) -> Rows:
    """Return opening MRR, movements and closing MRR per month."""
    months = spine(tables)
    sides = months.groupby("month")[["previous", "mrr"]].sum()
    changes = months.groupby(["movement", "month"])["change"].sum()
    moved = [changes[changes.index.get_level_values(0) == name].droplevel(0) for name in MOVEMENTS]
    return by_month(tables, [sides["previous"], *moved, sides["mrr"]])


def churn_in_pandas(tables: Tables) -> Rows:
    """Return the customers lost and those at the start per month."""
    months = spine(tables)
    at_start = months[months["previous"] > 0]
    lost = at_start[at_start["mrr"] == 0]
    return by_month(tables, [lost.groupby("month").size(), at_start.groupby("month").size()])


def funnel_in_pandas(tables: Tables) -> Rows:
    """Return the leads of each month that became an MQL, and all of them."""
    contacts = tables["stg_contacts"]
    entries = tables["int_lifecycle_stages_entered"].merge(
        contacts.loc[contacts["is_counted"], ["contact_id"]], on="contact_id"
    )
    leads = entries.groupby("contact_id")["entered_date"].min()
    mqls = entries.loc[entries["funnel_order"] >= 2, "contact_id"].unique()
    starts = tables["int_months"]["month_start"].to_numpy()
    month = pd.Series(np.searchsorted(starts, leads.to_numpy(), side="right") - 1, leads.index)
    return by_month(tables, [month[month.index.isin(mqls)].value_counts(), month.value_counts()])


@dataclass(frozen=True)
class Kpi:
    """A KPI: its model, where the methods start, its figures, and how they are computed."""

    model: str
    start: str
    inputs: list[str]
    figures: tuple[str, ...]
    asked: str
    method: str
    in_pandas: Callable[[Tables], Rows]


KPIS = {
    "MRR movements": Kpi(
        "kpi_mrr_movements",
        "int_subscription_periods_priced",
        MRR_INPUTS,
        ("opening", *MOVEMENTS, "closing"),
        MOVEMENTS_ASKED,
        MOVEMENTS_OF_SPINE,
        movements_in_pandas,
    ),
    "customer churn rate": Kpi(
        "kpi_customer_churn_rate",
        "int_subscription_periods_priced",
        MRR_INPUTS,
        ("lost customers", "customers at the start"),
        RATE_ASKED % "active_at_start",
        CHURN_OF_SPINE,
        churn_in_pandas,
    ),
    "lead to MQL rate": Kpi(
        "kpi_lead_to_mql_rate",
        "int_lifecycle_stages_entered",
        FUNNEL_INPUTS,
        ("MQLs", "leads"),
        RATE_ASKED % "cohort",
        FUNNEL_BY_SQL,
        funnel_in_pandas,
    ),
}


def chain(nodes: dict[str, Node], last: str, start: str | None) -> list[Node]:
    """Return the models behind staging that a model needs, in the order of a build.

    With a start, only those that read it count, at first or second hand.
    """
    order: list[Node] = []
    seen: dict[str, bool] = {}

    def reads_start(key: str) -> bool:
        """Put the models before this one, and itself, into the order."""
        node = nodes.get(key)
        if not node or node["resource_type"] != "model":
            return False
        if node["name"] == start:
            return True
        if node["fqn"][1] not in BEHIND_STAGING:
            return False
        if key not in seen:
            parents = node["depends_on"]["nodes"]
            seen[key] = sum(reads_start(parent) for parent in parents) > 0
            if start is None or seen[key]:
                order.append(node)
        return seen[key]

    reads_start(next(key for key, node in nodes.items() if node["name"] == last))
    return order


class Warehouse:
    """The build, read only, beside an empty file for the models that are made again."""

    def __init__(self, build: Path, manifest: Path, folder: str) -> None:
        """Open both."""
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        self.nodes = {
            key: node for key, node in nodes.items() if node["resource_type"] in ("model", "seed")
        }
        self.named = {node["name"]: node for node in self.nodes.values()}
        self.known = {(node["schema"], node["alias"]) for node in self.nodes.values()}
        self.database = self.named["int_months"]["database"]
        self.con = duckdb.connect(str(Path(folder, f"{SCRATCH}.duckdb")))
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(f"attach '{build}' as \"{self.database}\" (read_only)")
        self.con.execute(f'use "{self.database}"')

    def name(self, node: Node, database: str) -> str:
        """Return the full name of a model in one of the files."""
        return f'"{database}"."{node["schema"]}"."{node["alias"]}"'

    def prepare(self, kpi: Kpi, start: str | None) -> list[str]:
        """Return the statements that make a KPI again; what was made before is dropped."""
        made = chain(self.nodes, kpi.model, start)
        schemas = {schema for schema, _ in self.known}
        for schema in schemas:
            self.con.execute(f'drop schema if exists {SCRATCH}."{schema}" cascade')
            self.con.execute(f'create schema {SCRATCH}."{schema}"')
        new = {(node["schema"], node["alias"]) for node in made}

        def renamed(found: re.Match[str]) -> str:
            """Name the file that a table is in."""
            table = found.group(1, 2)
            if table not in self.known:
                return found.group()
            database = SCRATCH if table in new else self.database
            return f'"{database}"."{table[0]}"."{table[1]}"'

        statements = []
        for node in made:
            if not node.get("compiled_code"):
                sys.exit(f"{node['name']} is not compiled: build the project first.")
            sql = re.sub(
                rf'(?:"{self.database}"\.)?"(\w+)"\."(\w+)"', renamed, node["compiled_code"]
            )
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            statements.append(f"create {kind} {self.name(node, SCRATCH)} as {sql}")
        return statements

    def make(self, kpi: Kpi, statements: list[str]) -> Rows:
        """Make the KPI again, and ask it."""
        for statement in statements:
            self.con.execute(statement)
        return self.ask(kpi, SCRATCH)

    def ask(self, kpi: Kpi, database: str) -> Rows:
        """Return what the view of a KPI says."""
        view = self.name(self.named[kpi.model], database)
        return self.con.execute(kpi.asked.format(kpi=view)).fetchall()

    def query(self, kpi: Kpi) -> Rows:
        """Return the KPI by the method in SQL."""
        names = {table: self.name(self.named[table], self.database) for table in INPUTS}
        sql = kpi.method.format(converted=CONVERTED_BY_DUCKDB, **names)
        return self.con.execute(sql).fetchall()

    def fetched(self, table: str) -> pd.DataFrame:
        """Return the columns that the methods read of a table; the months are in order."""
        columns = ", ".join(INPUTS[table])
        name = self.name(self.named[table], self.database)
        order = " order by month_start" if table == "int_months" else ""
        return self.con.execute(f"select {columns} from {name}{order}").df()

    def in_pandas(self, kpi: Kpi) -> Rows:
        """Return the KPI by the method in pandas."""
        return kpi.in_pandas({table: self.fetched(table) for table in kpi.inputs})


def copied(warehouse: Warehouse, dsn: str, folder: str) -> Any:  # noqa: ANN401
    """Copy what the methods read to PostgreSQL, and return a cursor in the open transaction."""
    try:
        import psycopg2
    except ImportError:
        sys.exit("psycopg2 is missing: it is in requirements-postgres.lock.")
    cursor = psycopg2.connect(dsn).cursor()
    cursor.execute(f"create schema {SCRATCH}")
    for table, columns in INPUTS.items():
        name = warehouse.name(warehouse.named[table], warehouse.database)
        path = Path(folder, f"{table}.csv")
        warehouse.con.execute(
            f"copy (select {', '.join(columns)} from {name}) to '{path}' (header)"
        )
        types = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        cursor.execute(f"create table {SCRATCH}.{table} ({types})")
        with path.open(encoding="utf-8") as lines:
            cursor.copy_expert(f"copy {SCRATCH}.{table} from stdin (format csv, header)", lines)
        path.unlink()
        cursor.execute(f"analyze {SCRATCH}.{table}")
    return cursor


def in_postgres(cursor: Any, kpi: Kpi) -> Rows:  # noqa: ANN401
    """Return the KPI by the method in SQL, in PostgreSQL."""
    names = {table: f"{SCRATCH}.{table}" for table in INPUTS}
    cursor.execute(kpi.method.format(converted=CONVERTED_BY_POSTGRES, **names))
    return cursor.fetchall()


def differing(one: Rows, other: Rows, place: int | None = None) -> int:
    """Return in how many months a figure differs by a cent or more; without a place, any one."""
    return sum(
        any(
            abs(float(mine) - float(yours)) >= CENT
            for number, (mine, yours) in enumerate(zip(first[1:], second[1:], strict=True))
            if place in (None, number)
        )
        for first, second in zip(one, other, strict=True)
    )


def check(title: str, answers: dict[str, Rows]) -> None:
    """Stop if two ways do not give the same, where they have to."""
    for way, rows in answers.items():
        if [row[0] for row in rows] != [row[0] for row in answers["this project"]]:
            sys.exit(f"{title}: {way} has other months than this project.")
        for place, figure in enumerate(KPIS[title].figures):
            # Where the methods may differ from this project, they agree among themselves.
            is_method = not way.startswith("this project")
            peer = "month spine" if is_method and figure in MAY_DIFFER else "this project"
            months = differing(rows, answers[peer], place)
            if months:
                sys.exit(
                    f"{title}: {way} and {peer} give other figures for {figure} in {months} of "
                    f"{len(rows)} months."
                )


def agreement(title: str, answers: dict[str, Rows]) -> str:
    """Return in how many months each figure of a method differs from this project."""
    found = []
    for way, rows in answers.items():
        if not way.startswith("this project"):
            months = {
                figure: differing(rows, answers["this project"], place)
                for place, figure in enumerate(KPIS[title].figures)
            }
            told = ", ".join(f"{figure} {number}" for figure, number in months.items() if number)
            number = differing(rows, answers["this project"])
            found.append(f"{way} {number} of {len(rows)}" + (f" ({told})" if told else ""))
    return f"{title}: months that differ: {', '.join(found)}"


def measure(
    warehouse: Warehouse,
    kpi: Kpi,
    cursor: Any,  # noqa: ANN401
    turns: int,
) -> tuple[dict[str, list[tuple[float, float]]], dict[str, Rows]]:
    """Return wall and processor times of all ways, and what each has answered."""
    ways: dict[str, Callable[[list[str]], Rows]] = {
        "this project": lambda made: warehouse.make(kpi, made),
        "this project, same input": lambda made: warehouse.make(kpi, made),
        "this project, asked": lambda _: warehouse.ask(kpi, warehouse.database),
        "month spine": lambda _: warehouse.query(kpi),
        "pandas": lambda _: warehouse.in_pandas(kpi),
    }
    starts = {"this project": None, "this project, same input": kpi.start}
    if cursor:
        ways["PostgreSQL"] = lambda _: in_postgres(cursor, kpi)
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    answers: dict[str, Rows] = {way: [] for way in ways}
    for turn in range(turns):
        for way in list(ways) if turn % 2 == 0 else reversed(ways):
            made = warehouse.prepare(kpi, starts[way]) if way in starts else []
            wall, used = time.perf_counter(), time.process_time()
            answers[way] = ways[way](made)
            times[way].append((time.perf_counter() - wall, time.process_time() - used))
    return times, answers


def main() -> None:
    """Compute the KPIs in all ways, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    build = os.environ.get("REVOPS_BUILD_PATH", "build/revops.duckdb")
    target = os.environ.get("DBT_TARGET_PATH", "target")
    parser.add_argument("--build", type=Path, default=build, help="the build file")
    parser.add_argument("--manifest", type=Path, default=Path(target) / "manifest.json")
    parser.add_argument("--turns", type=int, default=3, help="how often each way is taken")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--postgres", metavar="DSN", help="take this way, too ('': PGHOST, ...)")
    options = parser.parse_args()
    found: list[dict[str, Any]] = []
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(options.build, options.manifest, folder)
        cursor = None
        if options.postgres is not None:
            cursor = copied(warehouse, options.postgres, folder)
        threads = warehouse.con.execute("select current_setting('threads')").fetchall()[0][0]
        print(f"DuckDB {duckdb.__version__}, {threads} threads, medians of {options.turns}")
        print(
            f"{'KPI':<20} {'way':<25} {'wall ms':>9} {'processor ms':>13} {'ratio':>7} {'rows':>5}"
        )
        for title, kpi in KPIS.items():
            times, answers = measure(warehouse, kpi, cursor, options.turns)
            check(title, answers)
            lines.append(agreement(title, answers))
            base = statistics.median(wall for wall, _ in times["this project"])
            for way, spent in times.items():
                wall, used = (statistics.median(kind) for kind in zip(*spent, strict=True))
                known = way != "PostgreSQL"
                print(
                    f"{title:<20} {way:<25} {1_000 * wall:9.1f} "
                    f"{f'{1_000 * used:.1f}' if known else '-':>13} {wall / base:7.3f} "
                    f"{len(answers[way]):5}"
                )
                found.append(
                    {
                        "kpi": title,
                        "way": way,
                        "wall_seconds": wall,
                        "processor_seconds": used if known else None,
                        "rows": len(answers[way]),
                        "months_that_differ": differing(answers[way], answers["this project"]),
                    }
                )
        print(*lines, sep="\n")
        if cursor:
            cursor.connection.rollback()
            cursor.connection.close()
        warehouse.con.close()
    keep(
        options.json,
        {"kpis": found, "turns": options.turns, "duckdb": duckdb.__version__},
    )


if __name__ == "__main__":
    main()
