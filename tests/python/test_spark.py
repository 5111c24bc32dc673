"""A Spark inside of dbt's process that gets the demo: built on, and compared with DuckDB.

`make test-parity TARGET=spark` runs these tests; plain runs leave them out.
"""

import re

import engine_builds
import pytest

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="module")
def built(folder):
    """The demo, built and published there: the variables that lead to it."""
    variables = {"REVOPS_SPARK_PATH": str(folder / "spark")}
    run = engine_builds.build_on("spark", variables, folder)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"Published the schemas .+ of Spark: \d+ KPIs, all of them", run.stdout)
    return variables


def test_every_row_is_the_one_of_duckdb(built, folder, demo_build):
    """Keys, nulls, flags and counts are exact, amounts to the cent, other numbers to 1e-8."""
    engine_builds.assert_same(engine_builds.compare("spark", built, folder, demo_build))


def test_a_machine_without_java_is_told_in_one_line(folder):
    nowhere = {
        "REVOPS_SPARK_PATH": str(folder / "spark-without-java"),
        "PATH": str(engine_builds.python("spark").parent),
        "JAVA_HOME": "",
    }
    run = engine_builds.build_on("spark", nowhere, folder / "without-java")
    assert run.returncode == 2
    assert run.stdout == (
        "Nothing was published: Spark needs Java 17 here, and there is no java: "
        "install it, or set JAVA_HOME.\n"
    )
