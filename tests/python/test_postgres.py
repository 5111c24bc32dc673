"""A PostgreSQL that gets the demo: started, built in, compared with DuckDB, and read meanwhile.

`make test-parity` runs these tests; plain runs leave them out. The build is what `make build
TARGET=postgres` runs.
"""

import getpass
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import pytest
from engine_builds import ROOT, assert_same, build_on, compare, python, without_servers

pytestmark = pytest.mark.postgres


def program(name):
    """Return the path of a program of PostgreSQL; Debian has a folder of its own for them."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or str(debian[-1])


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """A server on this machine alone, stopped at the end: the variables that lead to it."""
    home = Path(tempfile.mkdtemp(prefix="revops_postgres_"))
    # It does not run as root.
    is_root = getpass.getuser() == "root"
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if is_root else {}
    if is_root:
        shutil.chown(home, "postgres", "postgres")
    port = free_port()
    init = [program("initdb"), "-D", home / "data", "-U", "revops", "--auth=trust", "-E", "UTF8"]
    subprocess.run([*init, "--locale=C"], check=True, capture_output=True, cwd="/", **user)
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "",
        "fsync": "off", "shared_buffers": "256MB",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (home / "said.txt").open("w") as said:
        process = subprocess.Popen(
            [program("postgres"), "-D", home / "data", *options],
            stdout=said, stderr=said, cwd="/", **user,
        )  # fmt: skip
    variables = {
        "PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "revops", "PGDATABASE": "postgres",
    }  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while ask(variables, "select 1").returncode:
            assert process.poll() is None, (home / "said.txt").read_text()
            assert time.monotonic() < deadline, (home / "said.txt").read_text()
            time.sleep(0.2)
        yield variables
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(home)


def ask(variables, query, user=None):
    """Send a query with psql; return what it said, one line per row."""
    env = {**without_servers(), **variables, "PGUSER": user or variables["PGUSER"]}
    command = [program("psql"), "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", query]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("postgres")


@pytest.fixture(scope="module")
def built(server, folder):
    """The demo, built and published there: the variables of the server."""
    run = build_on("postgres", server, folder)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(
        r"Published the database postgres on 127.0.0.1: \d+ KPIs, all of them", run.stdout
    )
    return server


def test_every_row_is_the_one_of_duckdb(built, folder, demo_build):
    """Keys, nulls, flags and counts are exact, amounts to the cent, other numbers to 1e-8."""
    planner = {"PGOPTIONS": "-c jit=off -c enable_nestloop=off"}
    assert_same(compare("postgres", {**built, **planner}, folder, demo_build))


def test_what_passed_the_gate_is_all_there(built, folder):
    with duckdb.connect(str(folder / "build" / "revops.duckdb"), read_only=True) as con:
        tables = con.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'staging'"
        ).fetchall()
        assert len(tables) == 27
        for table, _ in tables:
            [[count]] = con.execute(f"select count(*) from staging.{table}").fetchall()
            assert ask(built, f"select count(*) from staging.{table}").stdout.strip() == str(count)


def test_readers_see_kpis_and_no_contacts_and_change_nothing(built):
    ask(built, "alter role bi_reader login")
    asked = ask(built, "select count(*) > 0 from kpis.kpi_values", user="bi_reader")
    assert asked.stdout == "t\n"
    assert ask(built, "show jit", user="bi_reader").stdout == "off\n"
    for query in (
        "select * from staging.stg_contacts",
        "select * from quality.broken_records",
        "create table kpis.own (id int)",
        "set default_transaction_read_only = off; delete from kpis.kpi_values",
    ):
        refused = ask(built, query, user="bi_reader")
        assert refused.returncode != 0, query
        assert re.search("permission denied|read-only", refused.stderr), refused.stderr


def test_readers_meet_no_error_while_a_state_replaces_another(built):
    """The two states change places four times under readers who ask all along."""
    ask(built, "alter role bi_reader login")
    publish = "from engines import postgres; postgres.publish()"
    env = {**without_servers(), **built}
    found, is_over = [], threading.Event()

    def read():
        while not is_over.is_set():
            found.append(ask(built, "select count(*) from kpis.kpi_win_rate", user="bi_reader"))

    schemas = ask(
        built, "select nspname from pg_namespace where nspname in ('reference', 'quality', "
        "'staging', 'intermediate', 'marts', 'aggregates', 'kpis')"
    ).stdout.split()  # fmt: skip
    assert len(schemas) == 7
    mark = ask(built, "select obj_description('kpis'::regnamespace)").stdout.strip()
    for schema in schemas:
        ask(built, f"create schema {schema}_next")
        ask(built, f"comment on schema {schema}_next is '{mark}'")
    ask(built, "create table kpis_next.kpi_win_rate as select * from kpis.kpi_win_rate")
    [count] = ask(built, "select count(*) from kpis.kpi_win_rate").stdout.split()
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(4):
            run = subprocess.run(
                [python("postgres"), "-c", publish], env=env, cwd=ROOT, check=False
            )
            assert run.returncode == 0
            if turn < 3:
                for schema in schemas:
                    ask(built, f"alter schema {schema}_previous rename to {schema}_next")
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert len(found) > 8
    assert {(said.returncode, said.stdout.strip(), said.stderr) for said in found} == {
        (0, count, "")
    }
    assert ask(built, "select count(*) > 1000000 from kpis.kpi_values").stdout == "t\n"


def test_a_second_build_is_told_to_wait(built, folder):
    hold = ["-c", "select pg_advisory_lock(7386001)", "-c", "select pg_sleep(60)"]
    holder = subprocess.Popen(
        [program("psql"), "-X", *hold],
        env={**without_servers(), **built}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        locks = "select count(*) from pg_locks where locktype = 'advisory'"
        while ask(built, locks).stdout.strip() != "1":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        run = build_on("postgres", built, folder)
    finally:
        stop = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
        ask(built, stop)
        holder.wait(30)
    assert run.returncode == 2
    assert run.stdout == "Nothing was published: another build is running on this PostgreSQL.\n"
    assert run.stderr == ""


def test_schemas_of_others_are_not_touched(server, folder):
    """A database may have a schema staging of its own: two builds would have dropped it."""
    ask(server, "create database busy")
    busy = {**server, "PGDATABASE": "busy"}
    assert ask(busy, "create schema staging").returncode == 0
    assert ask(busy, "create table staging.own as select 1 as id").returncode == 0
    run = build_on("postgres", busy, folder)
    assert run.returncode == 2
    assert re.fullmatch(
        r"Nothing was published: the database has schemas .+ no build made: staging\. .+\n",
        run.stdout,
    )
    assert run.stderr == ""
    assert ask(busy, "select count(*) from staging.own").stdout == "1\n"
    assert (
        ask(busy, "select count(*) from pg_namespace where nspname like '%\\_next'").stdout == "0\n"
    )


def test_a_server_that_is_away_is_said_in_one_line(folder):
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": str(free_port()), "PGUSER": "revops"}
    run = build_on("postgres", nowhere, folder)
    assert run.returncode == 2
    assert re.fullmatch(
        r"Nothing was published: PostgreSQL cannot be reached: .+refused.+\.\n", run.stdout
    )
    assert run.stderr == ""


def test_a_broken_extract_leaves_the_published_state(built, folder, tmp_path):
    """The gate stops the build in DuckDB: nothing is handed over."""
    extracts = tmp_path / "extracts"
    shutil.copytree(ROOT / "seeds" / "demo", extracts)
    deals = (extracts / "deals.csv").read_text().splitlines()
    (extracts / "deals.csv").write_text(
        "\n".join([deals[0].replace("hs_object_id", "id"), *deals[1:]])
    )
    before = ask(built, "select oid from pg_namespace where nspname = 'kpis'").stdout
    variables = f"{{extracts_dir: {{demo: {extracts}}}}}"
    run = build_on("postgres", built, folder, "--vars", variables)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "hs_object_id" in run.stdout
    assert "Nothing was published" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert ask(built, "select oid from pg_namespace where nspname = 'kpis'").stdout == before
