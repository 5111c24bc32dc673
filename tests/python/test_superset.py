"""A Superset with the files of `superset/assets`: it is started, asked, and published under.

`make test-superset` runs these tests; plain runs leave them out, since installing and starting it
takes minutes. The queries are those that a browser sends for the dashboard. What they must answer
is asked of the published file by SQL of this module, from `kpi_values`, KPI views and facts:
nothing of it goes through the SQL of the datasets.
"""

import copy
import datetime
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import board_pages
import duckdb
import pytest

from scripts import serve_superset, superset_assets

pytestmark = pytest.mark.superset

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-superset" / "bin" / "python"
CHARTS = superset_assets.charts()
# The first start makes the metadata in SQLite, which is slow on a slow disk.
PATIENCE = 600

# -- the server ------------------------------------------------------------------------------------


@dataclass
class Server:
    """A Superset that runs, and the folders that it works with."""

    home: Path
    build: Path
    published: Path
    port: int
    process: subprocess.Popen
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return (self.home / "admin_password").read_text().strip()

    def session(self):
        return serve_superset.logged_in(self.address, self.password)

    def get(self, path, session=None):
        answer = (session or self.session()).get(f"{self.address}{path}", timeout=120)
        assert answer.ok, answer.text
        return answer.json()

    def objects(self):
        """Return what Superset holds: the title of each object by its uuid, by kind."""
        session = self.session()
        every = "?q=(page:0,page_size:100)"
        return {
            kind: {
                row["uuid"]: next(row[name] for name in names if name in row)
                for row in self.get(f"/api/v1/{kind}/{every}", session)["result"]
            }
            for kind, names in (
                ("database", ["database_name"]),
                ("dataset", ["table_name"]),
                ("chart", ["slice_name"]),
                ("dashboard", ["dashboard_title"]),
            )
        }

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(home, build, published) -> Server:
    """Return a server that `make superset` would start, once it says that it is there."""
    if not PYTHON.exists():
        pytest.fail("Superset is not installed: run `make test-superset`.")
    port = free_port()
    process = subprocess.Popen(
        [PYTHON, ROOT / "scripts" / "serve_superset.py", "--port", str(port)],
        cwd=ROOT,
        env={
            **os.environ,
            "REVOPS_SUPERSET_HOME": str(home),
            "REVOPS_PUBLISHED_PATH": str(published),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(home, build, published, port, process)
    for line in process.stdout:
        server.said.append(line)
        if "until you press Ctrl+C" in line:
            return server
    process.wait()
    log = home / "server.log"
    pytest.fail("".join(server.said) + (log.read_text()[-3000:] if log.exists() else ""))


@pytest.fixture(scope="module")
def server(demo_build, tmp_path_factory):
    """Superset on a copy of the demo's build and published file."""
    folder = tmp_path_factory.mktemp("superset")
    for path in (demo_build.build_path, demo_build.published_path):
        (folder / path.parent.name).mkdir()
        shutil.copy(path, folder / path.parent.name / path.name)
    running = started(
        folder / "home", folder / "build" / "revops.duckdb", folder / "published" / "revops.duckdb"
    )
    yield running
    running.stop()


# -- what the browser sees -------------------------------------------------------------------------


@dataclass
class Seen:
    """The dashboard in a browser: what it asked, what it showed, what went wrong."""

    queries: dict[str, dict]
    texts: dict[str, str]
    faults: list[str]
    elsewhere: list[str]


@pytest.fixture(scope="module")
def seen(server) -> Seen:
    """Log in by the form, open the dashboard, and wait until each chart is drawn."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=180_000)
    names = {chart.uuid: name for name, chart in CHARTS.items()}
    by_id = {
        row["id"]: names[row["uuid"]]
        for row in server.get("/api/v1/chart/?q=(page:0,page_size:100)")["result"]
    }
    found = Seen({}, {}, [], [])

    def asked(request):
        if "/api/v1/chart/data" in request.url:
            query = json.loads(request.post_data)
            if query["form_data"].get("slice_id") in by_id:
                found.queries[by_id[query["form_data"]["slice_id"]]] = query

    def answered(response):
        if not response.url.startswith((server.address, "data:", "blob:")):
            found.elsewhere.append(response.url)
        if response.status >= 400:
            found.faults.append(f"{response.status} {response.url}")

    with sync_playwright() as playwright:
        browser = board_pages.start(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 2300}, locale="en-GB")
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: found.faults.append(str(error)))
        page.goto(f"{server.address}/login/")
        page.fill("input[type=text]", serve_superset.ADMINISTRATOR)
        page.fill("input[type=password]", server.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "login" not in address)
        page.on("request", asked)
        page.on("response", answered)
        page.goto(f"{server.address}/superset/dashboard/{superset_assets.DASHBOARD}/")
        holders = page.locator(".dashboard-component-chart-holder")
        expect(holders).to_have_count(len(CHARTS))
        expect(page.locator(".loading")).to_have_count(0)
        drawn = page.locator(".chart-slice:has(canvas, table)")
        expect(drawn).to_have_count(len(CHARTS))
        page.wait_for_timeout(2000)
        for index in range(holders.count()):
            text = holders.nth(index).inner_text()
            found.texts[text.splitlines()[0]] = text
        found.faults += [each.inner_text() for each in page.locator("[role=alert]").all()]
        browser.close()
    return found


def test_the_dashboard_opens_without_a_fault_and_loads_nothing_from_elsewhere(server, seen):
    assert seen.faults == []
    assert seen.elsewhere == []
    assert set(seen.texts) == {chart.title for chart in CHARTS.values()}
    with duckdb.connect(str(server.published), read_only=True) as con:
        value = {
            kpi: value
            for kpi, value in con.sql(
                "select kpi, value from kpis.kpi_default where period_grain = 'month' and "
                "dimension = 'all' and is_latest_whole_period"
            ).fetchall()
        }
    for title, text in {
        "MRR": f"€ {value['mrr']:,.0f}",
        "Net retention": f"{value['net_revenue_retention'] * 100:.1f}%",
        "New customers": f"{value['new_customers']:,.0f}",
        "Win rate": f"{value['win_rate'] * 100:.1f}%",
        "Open pipeline": f"€ {value['open_pipeline']:,.0f}",
        "Leads": f"{value['leads']:,.0f}",
    }.items():
        assert text in seen.texts[title].splitlines()


# -- what the charts must answer -------------------------------------------------------------------

FIGURES = """
    select {x}, {series}, cast(figures.value as double)
    from kpis.kpi_values as figures
    inner join kpis.kpi_catalog as catalog
        on figures.kpi = catalog.kpi and figures.variant = catalog.default_variant
    inner join kpis.dim_segments as names
        on figures.dimension = names.dimension and figures.segment = names.segment
    where figures.kpi = '{kpi}' and figures.period_grain = '{grain}'
        and figures.dimension = '{dimension}' and figures.value is not null
        and figures.period_end <= (select reporting_date from kpis.publication)
        {more}
"""
LATEST = """
    and (figures.period_grain, figures.period_start) in (
        select (period_grain, period_start) from marts.dim_periods where is_latest_whole
    )
"""
FUNNEL = """
    unpivot (
        select leads as "Leads", mqls as "MQLs", sqls as "SQLs",
            opportunities as "Opportunities", customers as "Customers"
        from kpis.funnel
        where dimension = 'all' and (period_grain, period_start) in (
            select (period_grain, period_start) from marts.dim_periods
            where is_latest_whole and period_grain = '{grain}'
        )
    ) on * into name stage value reached
"""
LOST = """
    select lost_reason, count(*) from marts.fct_deals
    where is_closed and not is_won
        and closed_date between (select reporting_date - interval 12 month + interval 1 day
            from kpis.publication) and (select reporting_date from kpis.publication)
    group by lost_reason
"""
OPEN = """
    select deal_name, owner_name, stage_name, expected_close_date, cast(deal_amount as double)
    from marts.fct_deals where not is_closed
"""
# Publishes a build file at a path, without dbt: the figures that changed are in its tables.
PUBLISHER = """
import sys, duckdb, publication
from pathlib import Path
from publication import content
build, published = sys.argv[1:]
with duckdb.connect(build) as con:
    relations = content.relations(con.sql("from quality.published_relations").fetchall())
    publication.publish(con, Path(published), relations, 3, patience=60)
"""


def expected(con, name, grain="month", cut="team"):
    """Return what a chart must show: {(x, series): value}, or the rows of a table."""

    def figures(kpi, series, *, x="figures.period_end", dimension="all", more=""):
        rows = con.sql(
            FIGURES.format(x=x, series=series, kpi=kpi, grain=grain, dimension=dimension, more=more)
        ).fetchall()
        assert rows
        return {(one, other): value for one, other, value in rows}

    tiles = {
        "mrr": "amount", "net_revenue_retention": "share", "new_customers": "number",
        "win_rate": "share", "open_pipeline": "amount", "leads": "number",
    }  # fmt: skip
    if name in tiles:
        return figures(name, f"'{tiles[name]}'")
    if name == "mrr_over_time":
        return figures("mrr", "'amount'")
    if name == "mrr_movements":
        return figures("mrr_movements", "names.label_en", dimension="movement")
    if name == "win_rate_by_cut":
        return figures("win_rate", "'share'", x="names.label_en", dimension=cut, more=LATEST)
    if name == "bookings_by_cut":
        return figures("bookings", "'amount'", x="names.label_en", dimension=cut, more=LATEST)
    if name == "funnel":
        return {
            (stage, "reached"): count
            for stage, count in con.sql(FUNNEL.format(grain=grain)).fetchall()
        }
    if name == "pipeline_by_stage":
        # Where nothing is open, there is no row of a deal.
        grain = "month"
        more = "and figures.value > 0 and figures.segment != '(remainder)'"
        return figures("open_pipeline", "names.label_en", dimension="stage", more=more)
    if name == "lost_deals":
        return {
            (reason.replace("_", " ").capitalize(), "deals"): count
            for reason, count in con.sql(LOST).fetchall()
        }
    if name == "largest_open_deals":
        return sorted(con.sql(OPEN).fetchall(), key=repr)
    if name == "publication":
        return con.sql(
            "select reporting_date, published_at, reporting_currency from kpis.publication"
        ).fetchall()
    assert name == "scorecard"
    words = {
        "on_track": "On track", "watch": "Watch", "off_track": "Off track",
        "no_target": "No target", "no_baseline": "No past to judge by", None: "Unknown",
    }  # fmt: skip
    rows = con.sql(f"select name_en, status from kpis.scorecard where period_grain = '{grain}'")
    return sorted((kpi, words[status]) for kpi, status in rows.fetchall())


def answered(server, session, query):
    """Return the answer of Superset to one query of a chart."""
    answer = session.post(f"{server.address}/api/v1/chart/data", json=query, timeout=120)
    assert answer.ok, answer.text
    [result] = answer.json()["result"]
    assert result["error"] is None
    return result


def shown(name, result):
    """Return what a chart shows, in the form of `expected`."""
    rows = result["data"]
    types = dict(zip(result["colnames"], result["coltypes"], strict=True))
    for row in rows:
        for column, value in row.items():
            # A moment comes as milliseconds.
            if types[column] == 2 and isinstance(value, (int, float)):
                moment = datetime.datetime.fromtimestamp(value / 1000, datetime.UTC)
                row[column] = moment.replace(tzinfo=None)
    if name == "scorecard":
        return sorted((row["kpi_name"], row["status_text"]) for row in rows)
    if name == "largest_open_deals":
        amounts = [row["deal_amount"] for row in rows if row["deal_amount"] is not None]
        assert amounts == sorted(amounts, reverse=True)
    if CHARTS[name].kind == "table":
        return sorted((tuple(map(as_day, row.values())) for row in rows), key=repr)
    [x] = {"period_end", "balance_date", "segment", "stage", "lost_reason"} & set(types)
    return {
        (as_day(row[x]), series): value
        for row in rows
        for series, value in row.items()
        if series != x and value is not None
    }


def as_day(value):
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date()
    return value


def same(found, wanted):
    """Compare what a chart shows with what it must show; numbers to nine digits."""
    if isinstance(wanted, dict):
        return found == pytest.approx(wanted, rel=1e-9)
    if len(found) != len(wanted):
        return False
    return all(
        one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other)
        for row, must in zip(found, wanted, strict=True)
        for one, other in zip(row, must, strict=True)
    )


def chosen(query, **values):
    """Return a query of a chart with other values of the dashboard's filters; None leaves one out.

    A chart that the filter is not for has none of it, and stays as it is.
    """
    query = copy.deepcopy(query)
    [asked] = query["queries"]
    for column, value in values.items():
        for each in asked["filters"]:
            if (each["col"], each["op"]) == (column, "IN"):
                each["val"] = [value]
        if value is None:
            asked["filters"] = [
                each for each in asked["filters"] if (each["col"], each["op"]) != (column, "IN")
            ]
    query["form_data"].pop("extra_form_data", None)
    query["form_data"].pop("extra_filters", None)
    return query


@pytest.fixture(scope="module")
def session(server):
    return server.session()


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_shows_what_the_published_file_holds(server, session, seen, name):
    with duckdb.connect(str(server.published), read_only=True) as con:
        wanted = expected(con, name)
        found = shown(name, answered(server, session, seen.queries[name]))
        assert same(found, wanted)
        # On its own, without the filters of the dashboard, a chart has what its dataset presets.
        alone = chosen(seen.queries[name], period_length=None, cut=None)
        assert same(shown(name, answered(server, session, alone)), wanted)
        other = chosen(seen.queries[name], period_length="Quarter", cut="Channel")
        wanted = expected(con, name, grain="quarter", cut="channel")
        assert same(shown(name, answered(server, session, other)), wanted)


def test_the_kpis_that_charts_are_held_against_are_those_of_the_views(server):
    """`kpi_values` is a table; the view of each KPI computes its figures from the aggregates."""
    with duckdb.connect(str(server.published), read_only=True) as con:
        for kpi in ("mrr", "win_rate", "open_pipeline", "bookings", "leads", "new_customers"):
            columns = "variant, period_grain, period_start, dimension, segment, value"
            [(differing,)] = con.sql(
                f"select count(*) from ((select {columns} from kpis.kpi_values where kpi = '{kpi}' "
                f"except select {columns} from kpis.kpi_{kpi}) union all "
                f"(select {columns} from kpis.kpi_{kpi} "
                f"except select {columns} from kpis.kpi_values where kpi = '{kpi}'))"
            ).fetchall()
            assert (kpi, differing) == (kpi, 0)


# -- imported from files ---------------------------------------------------------------------------


def test_a_second_import_updates_what_is_there_and_adds_nothing(server):
    before = server.objects()
    assert {kind: len(each) for kind, each in before.items()} == {
        "database": 1,
        "dataset": len(superset_assets.datasets()),
        "chart": len(CHARTS),
        "dashboard": 1,
    }
    files = superset_assets.bundle(server.published)
    changed = {
        **files,
        "charts/leads.yaml": re.sub(
            r"slice_name: .*", "slice_name: Moved", files["charts/leads.yaml"]
        ),
        "datasets/deals.yaml": files["datasets/deals.yaml"].replace(
            "verbose_name: Deal id", "verbose_name: Number of the deal"
        ),
    }
    assert all(
        changed[name] != files[name] for name in ("charts/leads.yaml", "datasets/deals.yaml")
    )
    serve_superset.load(server.address, server.password, changed)
    uuid = CHARTS["leads"].uuid
    assert server.objects() == {**before, "chart": {**before["chart"], uuid: "Moved"}}
    assert "Number of the deal" in names_of_columns(server)
    serve_superset.load(server.address, server.password, files)
    assert server.objects() == before
    assert "Number of the deal" not in names_of_columns(server)


def names_of_columns(server):
    session = server.session()
    uuid = superset_assets.datasets()["deals"].uuid
    rows = server.get("/api/v1/dataset/?q=(page:0,page_size:100)", session)["result"]
    [number] = [row["id"] for row in rows if row["uuid"] == uuid]
    columns = server.get(f"/api/v1/dataset/{number}", session)["result"]["columns"]
    return {column["verbose_name"] for column in columns}


# -- read-only -------------------------------------------------------------------------------------


def test_sql_lab_reads_the_published_file_and_nothing_else(server, session, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    before = server.published.read_bytes()
    [database] = server.get("/api/v1/database/", session)["result"]

    def run(sql):
        return session.post(
            f"{server.address}/api/v1/sqllab/execute/",
            json={"database_id": database["id"], "sql": sql, "runAsync": False, "schema": "kpis"},
            timeout=60,
        )

    answer = run("select count(*) as rows_of_it from kpis.kpi_catalog")
    assert answer.ok, answer.text
    assert answer.json()["data"][0]["rows_of_it"] > 50
    for sql in (
        "create table kpis.written as select 1 as a",
        "delete from marts.fct_deals",
        f"copy (select 1) to '{tmp_path / 'written.csv'}'",
        f"select * from read_csv('{outside}')",
        f"select * from '{outside}'",
        "select * from read_text('/etc/hostname')",
        f"attach '{server.build}' as build",
        "set enable_external_access = true",
        "install httpfs",
    ):
        answer = run(sql)
        assert not answer.ok, sql
        assert answer.status_code < 500 or answer.json()["errors"], sql
    assert [path.name for path in tmp_path.iterdir()] == ["outside.csv"]
    assert server.published.read_bytes() == before


def test_only_this_machine_is_served_and_only_with_the_password(server):
    import requests

    refused = requests.post(
        f"{server.address}/api/v1/security/login",
        json={"username": "admin", "password": "admin", "provider": "db"},
        timeout=60,
    )
    assert refused.status_code == 401
    assert requests.get(f"{server.address}/api/v1/chart/", timeout=60).status_code == 401
    listening = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{server.port:04X}")
    ]
    assert listening == [f"0100007F:{server.port:04X}"]
    for name in ("secret_key", "admin_password"):
        assert (server.home / name).stat().st_mode & 0o077 == 0
    taken = subprocess.run(
        [PYTHON, ROOT / "scripts" / "serve_superset.py", "--port", str(server.port)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "REVOPS_SUPERSET_HOME": str(server.home),
            "REVOPS_PUBLISHED_PATH": str(server.published),
        },
    )
    assert taken.returncode == 1
    assert f"Port {server.port} is taken" in taken.stderr


# -- publishing anew -------------------------------------------------------------------------------


def test_a_publication_while_charts_are_asked_is_seen_without_an_error(server, session, seen):
    """Charts are asked all the time, by three readers, before, during and after the swap.

    A query that begins after the swap sees the new file, also while others still read the old one.
    """
    with duckdb.connect(str(server.build)) as con:
        con.execute("update kpis.kpi_values set value = value + 1000 where kpi = 'mrr'")
        con.execute(
            "update marts.fct_deals set deal_amount = deal_amount + 1000 where not is_closed"
        )
    with duckdb.connect(str(server.published), read_only=True) as con:
        old = {name: expected(con, name) for name in CHARTS}
    inode = server.published.stat().st_ino
    is_published, rounds = Event(), []

    def ask(names):
        own, answers = server.session(), []
        while True:
            is_last = is_published.is_set()
            for name in names:
                began_after = is_published.is_set()
                found = shown(name, answered(server, own, seen.queries[name]))
                answers.append((name, began_after, found))
            rounds.append(names)
            if is_last:
                return answers

    names = list(CHARTS)
    parts = [names[number::3] for number in range(3)]
    with ThreadPoolExecutor(3) as readers:
        reading = [readers.submit(ask, part) for part in parts]
        try:
            while len({part[0] for part in rounds}) < 3 and not any(one.done() for one in reading):
                time.sleep(0.1)
            subprocess.run(
                [sys.executable, "-c", PUBLISHER, server.build, server.published],
                cwd=ROOT,
                check=True,
            )
        finally:
            is_published.set()
        answers = [answer for each in reading for answer in each.result()]
    assert server.published.stat().st_ino != inode
    with duckdb.connect(str(server.published), read_only=True) as con:
        new = {name: expected(con, name) for name in CHARTS}
    changed = {name for name in CHARTS if not same(old[name], new[name])}
    assert {"mrr", "mrr_over_time", "largest_open_deals"} <= changed
    for name in CHARTS:
        before = [found for which, after, found in answers if which == name and not after]
        after = [found for which, after, found in answers if which == name and after]
        assert before
        assert after
        assert all(same(found, old[name]) or same(found, new[name]) for found in before), name
        assert same(before[0], old[name]), name
        assert all(same(found, new[name]) for found in after), name


def test_a_later_start_updates_what_is_there_and_keeps_the_login(server):
    """This is the last test of the module: it ends the server."""
    before, password = server.objects(), server.password
    assert server.stop() == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0
    again = started(server.home, server.build, server.published)
    try:
        assert again.password == password
        assert again.objects() == before
        assert password in "".join(again.said)
    finally:
        assert again.stop() == 0
