"""The demo's warehouse with other inputs, or without some, computed again in memory from dbt's SQL.

A build of dbt takes most of a minute. Its compiled SQL takes a second or two, if only the models
that depend on the inputs left out are run, in a copy that a rollback brings back. The gate is
tested elsewhere: here the other tables keep the rows that it let pass, and also the rows that it
rejected because their parents are in the tables left out.
"""

from contextlib import contextmanager
from functools import cached_property

import duckdb

# All grains are made alike: two of them show what five would, in a third of the time.
CALENDAR = ("dim_periods", "dim_period_months", "dim_period_pieces")
LEFT_OUT_GRAINS = "('week', 'quarter', 'half_year')"


def united(relations):
    """Return the SQL of all rows of some relations."""
    return " union all by name ".join(f"from {relation}" for relation in relations)


# Models of the gate that say what it found, and need no gate to be computed anew.
TOLD_BY_THE_GATE = {"broken_records", "counted_loads"}


class Warehouse:
    """A copy of a build, whose tables can be computed anew for fewer inputs.

    All KPIs are tables in it, and so is `kpi_values`, all KPIs in one: a view of views would be
    planned again for each of its many readers, which takes longer than to read it.
    """

    def __init__(self, build):
        """Copy the build `build` (a `DbtRun` that has ended well) into memory."""
        self.build = build
        self.con = duckdb.connect()
        # More threads would take their time from the other tests.
        self.con.execute("set threads = 1")
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute("attach ':memory:' as revops")
        self.con.execute(f"attach '{build.build_path}' as built (read_only)")
        self.con.execute("copy from database built to revops")
        self.con.execute("detach built")
        self.con.execute("use revops")
        self.prints = {}
        for (table,) in self.con.execute(
            "select schema_name || '.' || table_name from duckdb_columns() "
            "join duckdb_tables() using (schema_name, table_name) "
            "where column_name = 'period_grain' and duckdb_tables.database_name = 'revops'"
        ).fetchall():
            self._shorten(table)
        self.kpis = {}
        for key, node in self.nodes.items():
            relation = self._relation(node)
            if node["name"] == "kpi_values":
                together = united(self.kpis.values())
                self.con.execute(f"create or replace table {relation} as {together}")
            elif node["fqn"][1] == "kpis" and node["config"]["materialized"] == "view":
                self.con.execute(f"create table kpis.computed as from {relation}")
                self.con.execute(f"drop view {relation}")
                self.con.execute(f"alter table kpis.computed rename to {node['alias']}")
                if node["name"].startswith("kpi_"):
                    self.kpis[key] = relation

    @cached_property
    def nodes(self):
        """The models, seeds and tests of the build by their id, each after those that it reads."""
        nodes = {
            key: node
            for key, node in self.build.manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed", "test")
        }
        ordered = {}

        def place(key):
            if key in nodes and key not in ordered:
                for parent in self._parents(nodes[key]):
                    place(parent)
                ordered[key] = nodes[key]

        for key in nodes:
            place(key)
        return ordered

    @contextmanager
    def without(self, tables):
        """Yield the ids of the nodes that may differ once the input tables `tables` are empty."""
        self.con.execute("begin")
        try:
            yield self._emptied(tables)
        finally:
            self.con.execute("rollback")

    @contextmanager
    def altered(self, changes):
        """Yield the ids of the nodes that may differ once input tables have other rows.

        `changes` are the tables and the SQL that alters each. Rejected rows stay rejected by their
        `input_row_id`, and new rows are accepted: rejections are not computed anew.
        """
        self.con.execute("begin")
        try:
            for table, change in changes.items():
                self.con.execute(change)
                # The gate warns of no row that is gone.
                self.con.execute(
                    f"delete from quality.warned_rows where table_name = '{table}' "
                    f"and input_row_id not in (select input_row_id from inputs.input_{table})"
                )
            yield self._computed_anew({*(f"input_{table}" for table in changes), "warned_rows"})
        finally:
            self.con.execute("rollback")

    @contextmanager
    def internal(self, listed):
        """Yield the ids of the nodes that may differ once the seed lists internal records.

        `listed` are its lines: (table, column, value).
        """
        self.con.execute("begin")
        try:
            self.con.execute("delete from reference.internal_records")
            self.con.executemany("insert into reference.internal_records values (?, ?, ?)", listed)
            for name in ("internal_rows", "rejected_rows"):
                [node] = [each for each in self.nodes.values() if each["name"] == name]
                self.con.execute(f"delete from quality.{name}")
                self.con.execute(f"insert into quality.{name} by name ({node['compiled_code']})")
            tables = self.con.execute(
                "select distinct table_name from quality.internal_rows"
            ).fetchall()
            yield self._computed_anew({"rejected_rows"}, {table for (table,) in tables})
        finally:
            self.con.execute("rollback")

    def broken_tests(self, differing):
        """Return {name: rows found} of the tests that read one of the nodes and fail.

        What a publication remembers is not computed anew, and is held against nothing here.
        """
        broken = {}
        for node in self.nodes.values():
            if (
                node["resource_type"] == "test"
                and differing & self._parents(node)
                and not self._reads_memory(node)
            ):
                found = self.con.execute(node["compiled_code"]).fetchall()
                if found:
                    broken[node["name"]] = found
        return broken

    def figures(self):
        """Return {(kpi, variant): (how many values are known, the rows of the total that are)}."""
        return {
            (kpi, variant): (count, set(total or []))
            for kpi, variant, count, total in self.con.execute(
                """
                select
                    kpi,
                    variant,
                    count(value),
                    list((period_grain, period_start, value))
                        filter (where dimension = 'all' and value is not null)
                from kpis.kpi_values
                group by kpi, variant
                """
            ).fetchall()
        }

    def reasons(self):
        """Return {(kpi, variant): the set of reasons that its rows without a value give}."""
        return {
            (kpi, variant): set(reasons or [])
            for kpi, variant, reasons in self.con.execute(
                """
                select
                    kpi,
                    variant,
                    list(distinct coalesce(null_reason, '(none)')) filter (where value is null)
                from kpis.kpi_values
                group by kpi, variant
                """
            ).fetchall()
        }

    @staticmethod
    def _parents(node):
        return set(node["depends_on"].get("nodes", []))

    def _reads_memory(self, test):
        """Return whether a test reads the trend of the findings, publication by publication."""
        return any(key.endswith(".records_to_fix_trend") for key in self._parents(test))

    @staticmethod
    def _relation(node):
        return f"{node['schema']}.{node['alias']}"

    def _shorten(self, calendar):
        self.con.execute(f"delete from {calendar} where period_grain in {LEFT_OUT_GRAINS}")

    def _emptied(self, tables):
        """Empty input tables, compute what depends on them, return the ids of what may differ."""
        names = ", ".join(f"'{table}'" for table in tables)
        rules = ", ".join(f"'is_known_in_{table}'" for table in tables)
        for table in tables:
            self.con.execute(f"delete from inputs.input_{table}")
        self.con.execute(f"delete from quality.expected_loads where table_name in ({names})")
        accepted = self.con.execute(
            f"delete from quality.rejected_rows where table_name in ({names}) or rule in ({rules}) "
            "returning table_name"
        ).fetchall()
        self.con.execute(
            f"delete from quality.warned_rows where table_name in ({names}) or rule in ({rules})"
        )
        emptied = {f"input_{table}" for table in tables} | {"warned_rows"}
        if accepted:
            emptied.add("rejected_rows")
        return self._computed_anew(emptied, {table for (table,) in accepted})

    def _computed_anew(self, changed, accepted=frozenset()):
        """Compute what depends on changed models, by name; return the ids of what may differ.

        `accepted` are the tables of which `rejected_rows` has other rows, if it is changed.
        """
        differing = {key for key, node in self.nodes.items() if node["name"] in changed}
        for key, node in self.nodes.items():
            if (
                node["resource_type"] == "model"
                and (
                    node["fqn"][1] not in ("connectors", "inputs", "gate", "publish")
                    or node["name"] in TOLD_BY_THE_GATE
                )
                and (parents := differing & self._parents(node))
                and not self._reads_other_rejections(node, parents, accepted)
                and self._may_differ_computed_anew(node, differing)
            ):
                differing.add(key)
        return differing

    def _reads_other_rejections(self, node, parents, accepted):
        """Return whether nothing changes for a staging model but rejections of other tables."""
        return (
            node["fqn"][1] == "staging"
            and {self.nodes[parent]["name"] for parent in parents} == {"rejected_rows"}
            and node["name"].removeprefix("stg_") not in accepted
        )

    def _may_differ_computed_anew(self, node, differing):
        """Compute a model anew and return whether its rows may differ from those of the build."""
        relation = self._relation(node)
        if node["name"] == "kpi_values":
            anew = {key: kpi for key, kpi in self.kpis.items() if key in differing}
            names = [key.split(".")[2].removeprefix("kpi_") for key in anew]
            self.con.execute(f"delete from {relation} where kpi in (select unnest($1))", [names])
            self.con.execute(f"insert into {relation} by name {united(anew.values())}")
            return True
        if node["config"]["materialized"] == "view" and node["fqn"][1] == "reports":
            return True
        is_compared = node["fqn"][1] not in ("kpis", "reports")
        if is_compared and relation not in self.prints:
            self.prints[relation] = self._print(relation)
        self.con.execute(f"delete from {relation}")
        self.con.execute(f"insert into {relation} by name ({node['compiled_code']})")
        if node["name"] in CALENDAR:
            self._shorten(relation)
        return not is_compared or self._print(relation) != self.prints[relation]

    def _print(self, relation):
        """Return a fingerprint of a relation's rows."""
        return self.con.execute(
            f"select count(*), sum(hash(rows)::hugeint) from {relation} as rows"
        ).fetchone()
