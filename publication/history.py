"""Compare what is about to be published with what is published now, and remember what moved.

The published file is the memory, as it is for the loads (decision 6): it is what people saw, a
build that failed has not changed it, and after a rollback it is the file that was rolled back to.
The build file only helps out where the published file is gone.

Each table of `TABLES` is a model that asks `table` for its rows. They are computed again by
`bring_up_to_date` while the publication holds its lock, if another file lies at the published path
by then than the one that the models compared with.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

# The name under which the published file is attached.
BEFORE = "published_before"
LOG = "quality.publications"
# For how many days moved figures are remembered, where nobody says otherwise.
KEPT_DAYS = 1100
KEY = ("kpi", "variant", "period_grain", "period_start", "dimension", "segment")

# The columns of each table that is carried on from publication to publication, with their types. A
# column that the file of an older version lacks is null in its rows.
PUBLICATIONS = {
    "published_at": "timestamp",
    "reporting_date": "date",
    "reporting_date_before": "date",
    "comparison": "varchar",
    "compared_with": "timestamp",
    "new_kpis": "varchar",
    "removed_kpis": "varchar",
}
CHANGES = {
    "published_at": "timestamp",
    "kpi": "varchar",
    "variant": "varchar",
    "period_grain": "varchar",
    "period_start": "date",
    "period_end": "date",
    "dimension": "varchar",
    "segment": "varchar",
    "change": "varchar",
    "value_before": "decimal(28, 8)",
    "value": "decimal(28, 8)",
    "null_reason_before": "varchar",
    "null_reason": "varchar",
    "was_provisional": "boolean",
    "is_provisional": "boolean",
}
ALERTS = {
    "published_at": "timestamp",
    "place": "bigint",
    "kind": "varchar",
    "kpi": "varchar",
    "variant": "varchar",
    "name_en": "varchar",
    "name_fr": "varchar",
    "period_grain": "varchar",
    "period_start": "date",
    "period_end": "date",
    "status_before": "varchar",
    "status": "varchar",
    "value_before": "decimal(28, 8)",
    "value": "decimal(28, 8)",
    "target": "decimal(28, 8)",
    "changed_inputs": "varchar",
    "message_en": "varchar",
    "message_fr": "varchar",
}
SCORECARD = {
    "kpi": "varchar",
    "variant": "varchar",
    "period_grain": "varchar",
    "period_start": "date",
    "value": "decimal(28, 8)",
    "status": "varchar",
}
FIRST_SEEN = {"finding_key": "varchar", "first_seen_at": "timestamp"}
FINDINGS = {
    "published_at": "timestamp",
    "owner_id": "varchar",
    "finding": "varchar",
    "finding_count": "bigint",
    "money_amount": "decimal(28, 8)",
    "money_once_amount": "decimal(28, 8)",
    "unknown_money_count": "bigint",
}
# A published file without these columns cannot be compared.
FIGURES = {*KEY, "period_end", "value", "null_reason", "is_provisional"}


@dataclass(frozen=True)
class Published:
    """The published file as it is attached, or the absence of one."""

    is_there: bool
    columns: dict[str, set[str]]
    written_at: datetime.datetime | None

    def has(self, table: str, *columns: str) -> bool:
        """Return whether the file has a table or view, `schema.name`, with these columns."""
        return set(columns) <= self.columns.get(table, set()) and table in self.columns


@dataclass(frozen=True)
class State:
    """The two sides of the comparison."""

    con: duckdb.DuckDBPyConnection
    published: Published
    kept_days: int

    def is_built(self, table: str, *columns: str) -> bool:
        """Return whether the build file has a table or view, `schema.name`, with these columns."""
        return set(columns) <= self._built(table)

    def _built(self, table: str) -> set[str]:
        schema, name = table.split(".")
        return columns_in(self.con, f"table_schema = '{schema}' and table_name = '{name}'").get(
            table, set()
        )

    @property
    def is_compared(self) -> bool:
        """Whether the figures of the published file can be compared."""
        return self.published.has("kpis.kpi_values", *FIGURES) and self.published.has(
            "marts.dim_periods", "reporting_date"
        )

    @property
    def published_moments(self) -> str:
        """Return the SQL of when the log of the build file says that something was published."""
        if not self.is_built(LOG, "published_at"):
            return "select cast(null as timestamp) as published_at where false"
        was_published = (
            "where coalesce(outcome, 'published') = 'published'"
            if self.is_built(LOG, "outcome")
            else ""
        )
        return f"select published_at from {LOG} {was_published}"

    def carried(
        self, name: str, columns: dict[str, str], moment_column: str = "published_at"
    ) -> str:
        """Return the SQL of the rows of earlier publications.

        They are those of the published file; if there is none, those of the build file. A build
        that failed left rows there that nobody has seen: they are left out, by the publication that
        `moment_column` names.
        """
        table = f"kpis.{name}"
        if self.published.is_there:
            there, source = self.published.columns.get(table, set()), f"{BEFORE}.{table}"
            kept = "true"
        else:
            there, source = self._built(table), table
            kept = f"{moment_column} in ({self.published_moments})"
        return f"{selected(columns, there, source)} where {kept}"


def selected(columns: dict[str, str], there: set[str], source: str) -> str:
    """Return the SQL of all columns of a table, null where it lacks one; no row without a table."""
    found = ", ".join(
        f"cast({column if column in there else 'null'} as {kind}) as {column}"
        for column, kind in columns.items()
    )
    return f"select {found} from {source}" if there else f"select {found} from (select 1 limit 0)"


def columns_in(con: duckdb.DuckDBPyConnection, where: str) -> dict[str, set[str]]:
    """Return the columns of tables and views as {schema.name: names}."""
    found: dict[str, set[str]] = {}
    for schema, table, column in con.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        f"where table_catalog = current_database() and {where}"
    ).fetchall():
        found.setdefault(f"{schema}.{table}", set()).add(column)
    return found


# -- the published file ----------------------------------------------------------------------------


def attach(con: duckdb.DuckDBPyConnection, path: Path) -> Published:
    """Attach the published file, unless that was done before, and return what it holds.

    It stays attached, since a transaction that has read it cannot let go of it. A file that cannot
    be opened is no file to compare with: the publication itself says what is wrong with it.
    """
    # A cursor of its own, outside of the transaction in which dbt builds a model.
    apart = con.cursor()
    written = None
    with suppress(OSError, duckdb.Error):
        # Before it is attached: if the file is replaced in between, `bring_up_to_date` notices.
        written = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
        written = written.replace(tzinfo=None)
        if not is_attached(apart):
            name = str(path).replace("'", "''")
            apart.execute(f"attach '{name}' as {BEFORE} (read_only)")
    if not is_attached(apart):
        return Published(False, {}, None)
    found: dict[str, set[str]] = {}
    for schema, table, column in apart.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = ?",
        [BEFORE],
    ).fetchall():
        found.setdefault(f"{schema}.{table}", set()).add(column)
    return Published(True, found, written)


def detach(con: duckdb.DuckDBPyConnection) -> None:
    """Let go of the published file, if it is attached."""
    con.execute(f"detach database if exists {BEFORE}")


def is_attached(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether a published file is attached."""
    return bool(
        con.execute("select 1 from duckdb_databases() where database_name = ?", [BEFORE]).fetchall()
    )


def last_publication(
    con: duckdb.DuckDBPyConnection, published: Published
) -> datetime.datetime | None:
    """Return when the attached file was published; None if there is no file.

    The file of an older version of the project does not know it: then it is when it was written.
    """
    if published.has("kpis.kpi_publications", "published_at"):
        [[moment]] = con.execute(
            f"select max(published_at) from {BEFORE}.kpis.kpi_publications"
        ).fetchall()
        if moment:
            return moment
    return published.written_at


# -- the tables ------------------------------------------------------------------------------------


def publications(state: State) -> str:
    """Return the SQL of `kpi_publications`: those before, and the one that is under way."""
    carried = state.carried("kpi_publications", PUBLICATIONS)
    compared_with = last_publication(state.con, state.published)
    [[is_remembered]] = state.con.execute(f"select count(*) > 0 from ({carried})").fetchall()
    if state.is_compared:
        comparison = "compared"
    elif state.published.is_there:
        comparison = "not_comparable"
    else:
        comparison = "published_file_lost" if is_remembered else "first"
    if state.is_compared and not is_remembered:
        # An older version of the project has published the file.
        day = f"(select max(reporting_date) from {BEFORE}.marts.dim_periods)"
        known = {
            "published_at": moment(compared_with), "reporting_date": day, "comparison": "'first'"
        }  # fmt: skip
        carried = "select " + ", ".join(
            f"cast({known.get(column, 'null')} as {kind}) as {column}"
            for column, kind in PUBLICATIONS.items()
        )
    new = removed = "cast(null as varchar)"
    if state.published.has("kpis.kpi_catalog", "kpi", "status"):
        here = "select kpi from kpis.kpi_catalog where status = 'available'"
        there = f"select kpi from {BEFORE}.kpis.kpi_catalog where status = 'available'"
        listed = "(select string_agg(kpi, ', ' order by kpi) from ({} except {}))"
        new, removed = listed.format(here, there), listed.format(there, here)
    # The publication before the first day that is remembered tells what was said on it.
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return f"""
        with carried as ({carried}),
        known as (
            select * from carried where published_at >= (
                select coalesce(max(published_at), timestamp '-infinity') from carried
                where published_at <= {moment(now)} - interval {int(state.kept_days)} day
            )
            union all
            select
                {moment(now)},
                (select max(reporting_date) from marts.dim_periods),
                null,
                '{comparison}',
                {moment(compared_with)},
                {new},
                {removed}
        )
        select * replace (
            max(reporting_date) over (
                order by published_at rows between unbounded preceding and 1 preceding
            ) as reporting_date_before
        )
        from known
    """


def published_cuts(state: State) -> str:
    """Return the SQL of `kpi_published_cuts`: since when the figures of each cut can be followed.

    A cut that was not compared begins anew, since nobody knows what moved.
    """
    if not state.is_compared:
        since = "(select max(published_at) from kpis.kpi_publications)"
        return f"""
            select distinct kpi, variant, dimension, {since} as published_since
            from kpis.kpi_values
        """
    since = (
        "published_since"
        if state.published.has("kpis.kpi_published_cuts", "published_since")
        else "(select max(compared_with) from kpis.kpi_publications)"
    )
    return f"""
        with before as (
            select distinct kpi, variant, dimension, {since} as published_since
            from {cuts_before(state)}
        ),
        now as (select distinct kpi, variant, dimension from kpis.kpi_values)
        select
            kpi, variant, dimension,
            greatest(
                coalesce(
                    before.published_since, (select max(published_at) from kpis.kpi_publications)
                ),
                (select min(published_at) from kpis.kpi_publications)
            ) as published_since
        from now left join before using (kpi, variant, dimension)
    """


def cuts_before(state: State) -> str:
    """Return the table of the published file that has each published cut."""
    if state.published.has("kpis.kpi_published_cuts", "published_since"):
        return f"{BEFORE}.kpis.kpi_published_cuts"
    return f"{BEFORE}.kpis.kpi_values"


def changes(state: State) -> str:
    """Return the SQL of `kpi_published_changes`: what moved before, and what moves now."""
    carried = f"""
        select * from ({state.carried("kpi_published_changes", CHANGES)})
        where published_at > (select min(published_at) from kpis.kpi_publications)
    """
    if state.is_compared:
        moved = changes_of_figures(cuts_before(state))
    elif not state.published.is_there:
        moved = changes_of_remembered(state)
    else:
        return carried
    return f"{carried} union all select {', '.join(CHANGES)} from ({moved})"


def changes_of_figures(cuts_before: str) -> str:
    """Return the SQL of the figures of whole periods that differ from the published ones.

    Comparing the sum of the hashes of a KPI's figures in a period is much cheaper than joining two
    million rows: only periods in which it differs are joined. A cut that is not both in the build
    and in `cuts_before` is new or gone: a change of the project, not of a figure.
    """
    figures = f"""
        select {", ".join(KEY)}, period_end, null_reason, is_provisional,
            cast(value as decimal(28, 8)) as value,
            hash(kpi, variant, period_grain, period_start) as bucket
        from {{}}kpis.kpi_values
        where period_end <= (select max(reporting_date) from {BEFORE}.marts.dim_periods)
    """
    mark = (
        "select bucket, "
        "{}cast(hash(dimension, segment, value, null_reason, is_provisional) as hugeint) as mark "
        "from {}"
    )
    return f"""
        with new_figures as not materialized ({figures.format("")}),
        old_figures as not materialized ({figures.format(BEFORE + ".")}),
        different as (
            select bucket
            from (
                {mark.format("", "new_figures")} union all {mark.format("-", "old_figures")}
            )
            group by all
            having sum(mark) != 0
        ),
        new as (
            select *, true as is_there from new_figures semi join different using (bucket)
        ),
        old as (
            select *, true as is_there from old_figures semi join different using (bucket)
        ),
        followed as (
            select kpi, variant, dimension from kpis.kpi_published_cuts
            intersect
            select kpi, variant, dimension from {cuts_before}
        )
        select
            (select max(published_at) from kpis.kpi_publications) as published_at,
            {", ".join(KEY)},
            coalesce(new.period_end, old.period_end) as period_end,
            case
                when old.is_there is null then 'appeared'
                when new.is_there is null then 'vanished'
                when old.value is distinct from new.value then 'moved'
                when old.null_reason is distinct from new.null_reason then 'other_reason'
                when new.is_provisional then 'provisional_again'
                else 'final'
            end as change,
            old.value as value_before,
            new.value,
            old.null_reason as null_reason_before,
            new.null_reason,
            old.is_provisional as was_provisional,
            new.is_provisional
        from new full join old using ({", ".join(KEY)})
        semi join followed using (kpi, variant, dimension)
        where old.is_there is distinct from new.is_there
            or old.value is distinct from new.value
            or old.null_reason is distinct from new.null_reason
            or old.is_provisional is distinct from new.is_provisional
    """


def changes_of_remembered(state: State) -> str:
    """Return the SQL of what moved since the last known value of the figures that moved before.

    The published file is gone, and with it all figures that never moved.
    """
    return f"""
        with carried as ({state.carried("kpi_published_changes", CHANGES)}),
        last as (
            select * from carried
            where change != 'vanished'
            qualify row_number() over (
                partition by {", ".join(KEY)} order by published_at desc
            ) = 1
        )
        select
            (select max(published_at) from kpis.kpi_publications) as published_at,
            {", ".join(f"last.{column}" for column in KEY)},
            last.period_end,
            'moved' as change,
            last.value as value_before,
            new.value,
            last.null_reason as null_reason_before,
            new.null_reason,
            last.is_provisional as was_provisional,
            new.is_provisional
        from last
        inner join kpis.kpi_values as new using ({", ".join(KEY)})
        where last.value is distinct from new.value
    """


def input_changes(state: State) -> str:
    """Return the SQL of `input_changes`: which inputs differ from those of the published file."""
    loads = "marts.fct_input_loads"
    names = ("row_count", "staged_row_count", "rejected_row_count", "content_hash")
    there = state.published.columns.get(loads, set())
    if not {"source_system", "table_name", "row_count"} <= there:
        before = "select source_system, table_name, " + ", ".join(names) + f" from {loads} limit 0"
        is_known = "false"
    else:
        found = ", ".join(f"{name if name in there else 'null'} as {name}" for name in names)
        before = f"select source_system, table_name, {found} from {BEFORE}.{loads}"
        is_known = "true"
    return f"""
        with before as ({before}),
        now as (select * from {loads})
        select
            source_system,
            table_name,
            cast(before.row_count as bigint) as row_count_before,
            cast(now.row_count as bigint) as row_count,
            cast(before.rejected_row_count as bigint) as rejected_row_count_before,
            cast(now.rejected_row_count as bigint) as rejected_row_count,
            case
                when not {is_known} then 'not_known'
                when before.row_count is null then 'new'
                when now.row_count is null then 'gone'
                when before.row_count != now.row_count then 'row_count'
                when before.rejected_row_count != now.rejected_row_count then 'rejected_rows'
                when before.staged_row_count != now.staged_row_count then 'rejected_rows'
                when before.content_hash != now.content_hash then 'content'
                when before.content_hash is null and now.content_hash is not null
                    then 'not_known'
                else 'none'
            end as change
        from now full join before using (source_system, table_name)
    """


def scorecard_before(state: State) -> str:
    """Return the SQL of `scorecard_before`: what the published file says of each KPI."""
    there = state.published.columns.get("kpis.scorecard", set())
    if not set(SCORECARD) <= there:
        there = set()
    return selected(SCORECARD, there, f"{BEFORE}.kpis.scorecard")


def earlier_alerts(state: State) -> str:
    """Return the SQL of `earlier_alerts`: those of the publications that are remembered."""
    there = state.published.columns.get("kpis.alerts", set())
    source = f"(select * from {BEFORE}.kpis.alerts)"
    return f"""
        {selected(ALERTS, there, source)} as alerts
        where published_at >= (select min(published_at) from kpis.kpi_publications)
    """


def findings_first_seen(state: State) -> str:
    """Return the SQL of `findings_first_seen`: since when each finding of a record is there.

    A finding that the publication before did not have begins anew, also if an earlier one had it.
    """
    carried = state.carried("findings_first_seen", FIRST_SEEN, "first_seen_at")
    return f"""
        with before as ({carried})
        select
            finding_key,
            coalesce(
                before.first_seen_at, (select max(published_at) from kpis.kpi_publications)
            ) as first_seen_at
        from marts.fct_record_findings left join before using (finding_key)
    """


def findings_by_publication(state: State) -> str:
    """Return the SQL of `findings_by_publication`: how many findings of whom there were, and are.

    Owners go by their id: whose name it is, the owners' table of the published file says.
    """
    names = ", ".join(FINDINGS)
    return f"""
        select {names} from ({state.carried("findings_by_publication", FINDINGS)})
        where published_at >= (select min(published_at) from kpis.kpi_publications)
            and published_at < (select max(published_at) from kpis.kpi_publications)
        union all
        select {names}
        from (
            select
                (select max(published_at) from kpis.kpi_publications) as published_at,
                coalesce(owner_id, '(none)') as owner_id,
                finding,
                count(*) as finding_count,
                cast(sum(money_amount) as decimal(28, 8)) as money_amount,
                cast(sum(money_once_amount) as decimal(28, 8)) as money_once_amount,
                count(*) filter (where money_amount is null) as unknown_money_count
            from marts.fct_record_findings
            group by coalesce(owner_id, '(none)'), finding
        )
    """


def moment(value: datetime.datetime | None) -> str:
    """Return a moment in SQL."""
    return f"cast('{value}' as timestamp)" if value else "cast(null as timestamp)"


# In the order in which they read one another.
TABLES: dict[str, Callable[[State], str]] = {
    "kpi_publications": publications,
    "kpi_published_cuts": published_cuts,
    "kpi_published_changes": changes,
    "input_changes": input_changes,
    "scorecard_before": scorecard_before,
    "earlier_alerts": earlier_alerts,
    "findings_first_seen": findings_first_seen,
    "findings_by_publication": findings_by_publication,
}


def table(con: duckdb.DuckDBPyConnection, name: str, kept_days: int) -> duckdb.DuckDBPyRelation:
    """Return the rows of a table of `TABLES`, for the model of its name."""
    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))
    return con.sql(TABLES[name](State(con, attach(con, published), kept_days)))


# -- at the publication ----------------------------------------------------------------------------


def is_up_to_date(state: State) -> bool:
    """Return whether the models compared with the file that is published now."""
    last = state.con.execute(
        "select published_at, compared_with from kpis.kpi_publications "
        "order by published_at desc limit 1"
    ).fetchall()
    if not last:
        return False
    [[mine, compared_with]] = last
    [[is_published]] = state.con.execute(
        f"select count(*) > 0 from ({state.published_moments}) where published_at = ?", [mine]
    ).fetchall()
    return not is_published and compared_with == last_publication(state.con, state.published)


def bring_up_to_date(
    con: duckdb.DuckDBPyConnection, published: Path, kept_days: int
) -> datetime.datetime | None:
    """Return the moment of the publication that is under way; None if the build keeps no history.

    Computes the tables again if the models have compared with another file than the one that is
    published now, or if what they found was published before.
    """
    if "kpis.kpi_publications" not in columns_in(con, "table_schema = 'kpis'"):
        return None
    detach(con)
    state = State(con, attach(con, published), kept_days)
    try:
        if not is_up_to_date(state):
            for name, rows in TABLES.items():
                con.execute(f"create or replace table kpis.{name} as {rows(state)}")
        [[mine]] = con.execute("select max(published_at) from kpis.kpi_publications").fetchall()
    finally:
        detach(con)
    return mine
