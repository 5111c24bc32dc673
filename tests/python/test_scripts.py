"""The commands that people type: `make build` reports its result, and what it needs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from conftest import paths, run_command
from small_builds import RELATIONS, make_build

import publication

ROOT = Path(__file__).parents[2]


class Done(NamedTuple):
    """Result of a command: its exit code, and its whole output."""

    returncode: int
    stdout: str


@pytest.fixture
def run_in_folder(tmp_path):
    """A function that runs a command with the files of a folder of its own."""

    def run(*command, cwd=tmp_path, **environment):
        return subprocess.run(
            command,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, **paths(tmp_path), **environment},
        )

    return run


@pytest.fixture
def build(tmp_path):
    """A function that runs scripts/build.py in a folder of its own and returns what came of it."""

    def run(*arguments, variables=None, reads=False, cold=False, **environment):
        words = ["--vars", json.dumps(variables)] if variables else []
        command = [ROOT / "scripts" / "build.py", *arguments, *words]
        environment = {**paths(tmp_path), **environment}
        return Done(*run_command(command, variables, env=environment, reads=reads, cold=cold))

    return run


@pytest.fixture
def plain_build(tmp_path):
    """The same for `dbt build`."""

    def run(*arguments, **environment):
        environment = {**paths(tmp_path), **environment}
        return Done(*run_command(["dbt", "build", *arguments], env=environment))

    return run


def test_build_says_what_it_published(build, demo_build, tmp_path):
    """The last node alone is enough: the summary describes the whole published file."""
    shutil.copytree(demo_build.folder / "build", tmp_path / "build")
    done = build("--select", "publications", cold=True)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "published" / "revops.duckdb").exists()
    for said in (
        "Published ", " KPIs", " rows read", " rows rejected", " publication", "Next:",
        "duckdb -readonly ",
    ):  # fmt: skip
        assert said in done.stdout
    assert re.search(r"^Published \S+: \d+ KPIs, all of them with figures$", done.stdout, re.M)
    assert "\033[" not in done.stdout
    with duckdb.connect(str(tmp_path / "build" / "revops.duckdb"), read_only=True) as con:
        assert con.sql("from duckdb_tables() where contains(table_name, '__dbt_')").fetchall() == []
    report = (tmp_path / "build" / "report.md").read_text(encoding="utf-8")
    assert report.startswith("# Changes with the publication of ")
    assert "\n# Changements avec la publication du " in report
    # The first of its lines stand on the screen, too.
    screen = done.stdout.partition("Changes:\n")[2].partition("\nNext:")[0].splitlines()
    told = [line.removeprefix("- ") for line in report.splitlines() if line.startswith("- ")]
    assert told
    assert screen[0].removeprefix("  ") in told
    [to_fix] = [line.strip() for line in screen if " findings to fix, " in line]
    assert to_fix in report.splitlines()


def test_build_says_how_many_kpis_have_figures(build, demo_build, tmp_path):
    """Figures without a source are published as null, and the summary does not count them."""
    shutil.copytree(demo_build.folder / "build", tmp_path / "build")
    with duckdb.connect(str(tmp_path / "build" / "revops.duckdb")) as con:
        con.execute("update kpis.kpi_values set value = null where kpi not in ('mrr', 'arr')")
    done = build("--select", "publications")
    assert re.search(r"^Published \S+: \d+ KPIs, 2 of them with figures$", done.stdout, re.M)


def test_refused_input_is_told_once_and_without_a_stack_trace(build, demo_extracts, tmp_path):
    (demo_extracts / "deals.csv").write_text("nonsense\n1\n")
    done = build(variables={"extracts_dir": str(demo_extracts)})
    assert done.returncode == 1
    assert not (tmp_path / "published" / "revops.duckdb").exists()
    assert done.stdout.count("Nothing was published") == 1
    assert done.stdout.count("its header is: nonsense") == 1
    assert "Traceback" not in done.stdout
    assert "Published" not in done.stdout
    assert "great_expectations" not in done.stdout


def test_broken_arguments_are_told_without_a_stack_trace(build):
    done = build("--vars", "{connectors: [", cold=True)
    assert done.returncode == 2
    assert "is not valid" in done.stdout
    assert "Nothing was published" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ("{visit_cuts: [a]}", "    visit_cuts: ['a'] is not names and text columns of the mart"),
        ("{reporting_date: 2025-02-30}", "2025-02-30 is no day of the calendar: look in --vars"),
    ],
)
def test_wrong_settings_are_told_without_the_calls_of_macros(build, variables, said):
    done = build("--vars", variables, reads=True)
    assert done.returncode == 2
    assert said in done.stdout
    assert "Nothing was published" in done.stdout
    assert "Traceback" not in done.stdout
    assert "> called by" not in done.stdout


def test_selection_without_the_last_node_publishes_nothing(build, tmp_path):
    done = build("--select", "expected_loads")
    assert done.returncode == 0, done.stdout
    assert "Nothing was published" in done.stdout
    assert not (tmp_path / "published").exists()


HOLDER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_what_is_in_the_way_of_a_build_is_told_in_one_sentence(
    build, plain_build, demo_build, tmp_path
):
    """By `make build` and by `dbt build`."""
    shutil.copytree(demo_build.folder / "build", tmp_path / "build")
    file = tmp_path / "build" / "revops.duckdb"
    selection = ("--select", "publications")

    # Another process has the build file open.
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "open\n"
        refused = [plain_build(*selection), build(*selection)]
        holder.stdin.close()
    said = f"Another build is running (process {holder.pid}): it has {file} open."
    for done in refused:
        assert (done.returncode, done.stdout.count(said)) == (2, 1), done.stdout
        assert "Traceback" not in done.stdout
    assert "Nothing was published" in refused[1].stdout

    # The published path is a folder: plain dbt notices it at its end, `make build` before.
    (tmp_path / "published").mkdir()
    environment = {"REVOPS_PUBLISHED_PATH": str(tmp_path / "published")}
    said = f"Nothing was published: {tmp_path / 'published'} is a folder: REVOPS_PUBLISHED_PATH"
    for done, code in (
        (plain_build(*selection, **environment), 1),
        (build(*selection, **environment), 2),
    ):
        assert (done.returncode, done.stdout.count(said)) == (code, 1), done.stdout
        assert "Traceback" not in done.stdout
    with duckdb.connect(str(file), read_only=True) as con:
        [[outcome]] = con.execute(
            "select outcome from quality.publications order by published_at desc limit 1"
        ).fetchall()
    assert outcome == "not_published"

    # The folder of the build file is not there; `make build` makes it if it can.
    shutil.rmtree(tmp_path / "build")
    done = plain_build(*selection)
    assert done.returncode == 2
    assert done.stdout.count(f"The folder of the build file {file} does not exist") == 1
    assert "Traceback" not in done.stdout
    (tmp_path / "build").write_text("no folder")
    done = build(*selection)
    assert (done.returncode, done.stdout) == (
        2,
        f"Nothing was published: the folder of the build file {file} cannot be made: "
        "File exists.\n",
    )


def test_rollback_says_what_readers_get(run_in_folder, tmp_path):
    published = tmp_path / "published" / "revops.duckdb"
    build = make_build(tmp_path / "build" / "revops.duckdb", 1)
    with duckdb.connect(str(build)) as con:
        for _ in range(2):
            publication.publish(con, published, RELATIONS, 3)
    command = (sys.executable, ROOT / "scripts" / "rollback.py")
    done = run_in_folder(*command)
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(
        rf"Rolled back {re.escape(str(published))}: readers get the file of "
        r"\d{4}-\d\d-\d\d \d\d:\d\d UTC again, with 1 KPIs, reported up to 2025-12-31\.\n"
        r"0 older generations are kept\. The next `make build` .*\n"
        rf"quality\.publications of {re.escape(str(build))} says so\.\n",
        done.stdout,
    )
    done = run_in_folder(*command)
    assert done.returncode == 1
    assert done.stdout == f"No older generation of {published} is kept: it stays as it is.\n"


def test_missing_python_is_told_in_one_line(tmp_path):
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "venv.sh", tmp_path / "venv", "requirements.lock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHON": "python2.7-that-is-not-there"},
    )
    assert done.returncode != 0
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("Python 3.11, 3.12 or 3.13 with its venv module is needed")


def test_environment_that_fits_its_lock_is_left_alone(tmp_path):
    """A lock that was only touched, by a checkout for example, installs nothing."""
    (tmp_path / "requirements.lock").write_text("a-package-that-cannot-be-installed==1\n")
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "requirements.lock").write_text("a-package-that-cannot-be-installed==1\n")
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "venv.sh", ".venv", "requirements.lock"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_lists_of_kpis_follow_the_catalogue(tmp_path):
    """A KPI that becomes available, in a copy of the files."""
    listed = [
        "models/reports/kpi_values.sql", "macros/wide_views.sql", "models/reports/by_month.yml",
        "models/reports/by_quarter.yml",
    ]  # fmt: skip
    kpis, variants = "seeds/reference/kpis.csv", "seeds/reference/kpi_variants.csv"
    script = "scripts/list_kpis.py"
    for name in (script, kpis, variants, *listed):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)

    def written():
        subprocess.run([sys.executable, tmp_path / script], check=True)
        return [(tmp_path / name).read_text() for name in listed]

    def count():
        return [len(re.findall(r"['\s]forecast_accuracy['\s]", text)) for text in written()]

    assert written() == [(ROOT / name).read_text() for name in listed]
    assert count() == [1, 1, 1, 1]
    text = (tmp_path / kpis).read_text()
    lines = text.splitlines(keepends=True)
    lines = [
        line.replace(",available", ",planned") if line.startswith("forecast_accuracy,") else line
        for line in lines
    ]
    (tmp_path / kpis).write_text("".join(lines))
    assert count() == [0, 0, 0, 0]
    (tmp_path / kpis).write_text(text)
    assert count() == [1, 1, 1, 1]


def test_every_kpi_is_asked_how_fast_it_answers(demo_build, run_in_folder):
    """Of two files, each is asked, and their times are divided."""
    published = demo_build.published_path
    bench = ROOT / "bench" / "kpi_views.py"
    done = run_in_folder(sys.executable, bench, published, published, "--times", "1")
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(published), read_only=True) as con:
        [[count]] = con.sql(
            "select count(*) from kpis.kpi_catalog where status = 'available'"
        ).fetchall()
    assert done.stdout.startswith(f"{count} views, ")
    assert len(re.findall(r"^month, total +(wall|processor) .* p95 ", done.stdout, re.M)) == 4
    assert len(re.findall(r"^ +ratio +median +[\d.]+ +p95 +[\d.]+$", done.stdout, re.M)) == 2
