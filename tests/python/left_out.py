"""The demo's warehouse without some of its inputs, computed again in memory from dbt's own SQL.

A build of dbt takes most of a minute. What it compiled takes a second or two, if only what depends
on the inputs that are left out is run, in a copy that a rollback brings back. The gate is asked
apart: here all rows of the other tables that it let pass are there, and with them those that it
rejected for want of a row of the tables left out.
"""

import json
from contextlib import contextmanager
from functools import cached_property

import duckdb

# What a connector that lacks the table does not supply: the gate is not told to expect it.
UNSUPPLIED = "delete from quality.expected_loads where table_name in ({})"
NOT_REJECTED = (
    "delete from quality.rejected_rows where table_name in ({tables}) or rule in ({rules})"
)


class Warehouse:
    """A copy of a build, whose tables can be computed anew for fewer inputs."""

    def __init__(self, build):
        """Copy the build `build` (a `DbtRun` that has ended well) into memory."""
        self.build = build
        self.con = duckdb.connect()
        # One core is one core: several threads would take it from the other tests.
        self.con.execute("set threads = 1")
        self.con.execute("attach ':memory:' as revops")
        self.con.execute(f"attach '{build.build_path}' as built (read_only)")
        self.con.execute("copy from database built to revops")
        self.con.execute("detach built")
        self.con.execute("use revops")
        self.prints = {}
        # A view of views is planned again for each reader: as a table it is computed once. All KPIs
        # in one are read from those tables and not written down again.
        kpis = []
        for node in self.nodes.values():
            if node["fqn"][1] == "kpis" and node["config"]["materialized"] == "view":
                relation = f"kpis.{node['alias']}"
                self.con.execute(f"create table kpis.computed as from {relation}")
                self.con.execute(f"drop view {relation}")
                self.con.execute(f"alter table kpis.computed rename to {node['alias']}")
                if node["name"].startswith("kpi_"):
                    kpis.append(f"select * from {relation}")
        self.con.execute("drop table kpis.kpi_values")
        self.con.execute(f"create view kpis.kpi_values as {' union all '.join(kpis)}")

    @cached_property
    def nodes(self):
        """The SQL models and tests of the build by their id, each after those that it reads."""
        nodes = {
            key: node
            for key, node in self.build.manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed", "test")
        }
        ordered = {}

        def place(key):
            if key in nodes and key not in ordered:
                for parent in nodes[key]["depends_on"].get("nodes", []):
                    place(parent)
                ordered[key] = nodes[key]

        for key in nodes:
            place(key)
        return ordered

    @cached_property
    def input_tables(self):
        """The tables of the input contract."""
        return sorted(
            node["name"].removeprefix("input_")
            for node in self.nodes.values()
            if node["fqn"][1] == "inputs"
        )

    @contextmanager
    def without(self, tables):
        """Yield the ids of the nodes whose rows differ once the input tables `tables` are empty."""
        self.con.execute("begin")
        try:
            yield self._emptied(tables)
        finally:
            self.con.execute("rollback")

    def broken_tests(self, changed):
        """Return {name: rows found} of the tests that read a changed node and fail."""
        broken = {}
        for node in self.nodes.values():
            if node["resource_type"] != "test" or not changed & set(node["depends_on"]["nodes"]):
                continue
            found = self.con.execute(node["compiled_code"]).fetchall()
            if found:
                broken[node["name"]] = found
        return broken

    def figures(self):
        """Return {(kpi, variant): (values that are known, those of the total alone)}."""
        return {
            (kpi, variant): (known, {tuple(row) for row in total})
            for kpi, variant, known, total in self.con.execute(
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
            for total in [total or []]
        }

    def _emptied(self, tables):
        names = ", ".join(f"'{table}'" for table in tables)
        rules = ", ".join(f"'is_known_in_{table}'" for table in tables)
        self.con.execute(UNSUPPLIED.format(names))
        self.con.execute(NOT_REJECTED.format(tables=names, rules=rules))
        changed = {
            key
            for key, node in self.nodes.items()
            if node["name"] in {"rejected_rows", *(f"input_{table}" for table in tables)}
        }
        for table in tables:
            self.con.execute(f"delete from inputs.input_{table}")
        done = set(changed)
        for key, node in self.nodes.items():
            parents = set(node["depends_on"].get("nodes", []))
            if node["resource_type"] != "model" or key in done or not changed & parents:
                continue
            if node["fqn"][1] == "quality" or node["language"] != "sql":
                continue
            if self._computed(node):
                changed.add(key)
        return changed

    def _computed(self, node):
        """Compute a model anew and return whether its rows may have changed."""
        relation = f'{node["schema"]}.{node["alias"]}'
        if node["name"] == "kpi_values":
            return True
        before = self._print(relation, node["unique_id"])
        self.con.execute(f"delete from {relation}")
        self.con.execute(f"insert into {relation} by name ({node['compiled_code']})")
        return self._print(relation) != before

    def _print(self, relation, key=None):
        """Return a fingerprint of a relation's rows; that of the build is kept under its `key`."""
        if key in self.prints:
            return self.prints[key]
        found = self.con.execute(
            f"select count(*), sum(hash(rows)::hugeint) from {relation} as rows"
        ).fetchone()
        if key:
            self.prints[key] = found
        return found
