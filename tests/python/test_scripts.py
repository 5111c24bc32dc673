"""What people type: `make build` says what came of it, and what it needs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def build(tmp_path):
    """A function that runs scripts/build.py in a folder of its own and returns what came of it."""

    def run(*arguments):
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / "build.py", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={
                **os.environ,
                "REVOPS_BUILD_PATH": str(tmp_path / "build" / "revops.duckdb"),
                "REVOPS_PUBLISHED_PATH": str(tmp_path / "published" / "revops.duckdb"),
                "DBT_TARGET_PATH": str(tmp_path / "target"),
                "DBT_LOG_PATH": str(tmp_path / "logs"),
            },
        )

    return run


def test_build_says_what_it_published(build, demo_build, tmp_path):
    """The last node alone is enough: the summary tells of the whole published file."""
    shutil.copytree(demo_build.folder / "build", tmp_path / "build")
    done = build("--select", "publications")
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "published" / "revops.duckdb").exists()
    for said in ("Published ", " KPIs", " rows read", " rows rejected", " publication", "Next:"):
        assert said in done.stdout
    assert re.search(r"^Published \S+: \d+ KPIs, all of them with figures$", done.stdout, re.M)
    assert "\033[" not in done.stdout


def test_build_says_how_many_kpis_have_figures(build, demo_build, tmp_path):
    """What no source tells is published as null, which nobody should take for 67 figures."""
    shutil.copytree(demo_build.folder / "build", tmp_path / "build")
    with duckdb.connect(str(tmp_path / "build" / "revops.duckdb")) as con:
        con.execute("update kpis.kpi_values set value = null where kpi not in ('mrr', 'arr')")
    done = build("--select", "publications")
    assert re.search(r"^Published \S+: \d+ KPIs, 2 of them with figures$", done.stdout, re.M)


def test_refused_input_is_told_once_and_without_a_stack_trace(build, demo_extracts, tmp_path):
    (demo_extracts / "deals.csv").write_text("nonsense\n1\n")
    done = build("--vars", f"{{extracts_dir: '{demo_extracts}'}}")
    assert done.returncode == 1
    assert not (tmp_path / "published" / "revops.duckdb").exists()
    assert done.stdout.count("Nothing was published") == 1
    assert done.stdout.count("its header is: nonsense") == 1
    assert "Traceback" not in done.stdout
    assert "Published" not in done.stdout
    assert "great_expectations" not in done.stdout


def test_broken_arguments_are_told_without_a_stack_trace(build):
    done = build("--vars", "{connectors: [")
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
    done = build("--vars", variables)
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
