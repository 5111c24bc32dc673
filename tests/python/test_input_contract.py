"""What a connector must supply, and what it may leave out, of each input table."""

import importlib.util
import re
import shutil

import duckdb
import pytest
import yaml
from conftest import ROOT, dbt

from expectations.gate import all_suites
from expectations.rules import Calendar

CONNECTOR = "sparse"
# A second set of models in the same project, that dbt need not read anew.
MODEL = """{{% if var('is_wrong', false) %}}
select {wrong}
{{% else %}}
select {right}
{{% endif %}}
"""


def contract():
    """Return {table: {column: whether it is required}} as the YAML of the inputs says it."""
    found = {}
    for path in sorted((ROOT / "models" / "inputs").glob("*.yml")):
        [model] = yaml.safe_load(path.read_text())["models"]
        found[model["name"].removeprefix("input_")] = {
            column["name"]: column.get("config", {}).get("meta", {}).get("required", False)
            for column in model["columns"]
            if column["name"] not in ("input_row_id", "source_system")
        }
    return found


CONTRACT = contract()


def required(table):
    return [column for column, is_required in CONTRACT[table].items() if is_required]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose one connector has the required columns alone; or, if asked, wrong ones."""
    folder = tmp_path_factory.mktemp("input_contract") / "project"
    for name in ("macros", "models/inputs", "models/docs", "tests/generic", "publication"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "models" / "connectors").mkdir()
    for table in CONTRACT:
        first, *others = required(table)
        right = ", ".join(f"'1' as {column}" for column in (first, *others))
        wrong = ", ".join(f"'1' as {column}" for column in (*others, f"{first}x", "colour"))
        path = folder / "models" / "connectors" / f"{CONNECTOR}__{table}.sql"
        path.write_text(MODEL.format(right=right, wrong=wrong))
    shutil.copy(ROOT / "profiles.yml", folder)
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    seeds = folder / "seeds" / "reference"
    seeds.mkdir(parents=True)
    for name in ("deal_stages", "ledger_departments", "lifecycle_words", "owner_teams"):
        for kind in ("csv", "yml"):
            shutil.copy(ROOT / "seeds" / "reference" / f"{name}.{kind}", seeds)
    # The settings and hooks of models that are not here.
    settings["on-run-start"] = ["{{ create_reading_functions() }}"]
    settings["on-run-end"] = []
    settings["models"]["revops"] = {
        layer: settings["models"]["revops"][layer] for layer in ("connectors", "inputs")
    }
    settings["vars"] |= {"connectors": [CONNECTOR], "connector_tables": {CONNECTOR: "all"}}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    return folder


def test_required_is_what_the_gate_cannot_do_without():
    for suite in all_suites(Calendar("1990-01-01", "2060-01-01")):
        filled = {
            rule.column
            for rule in suite.rules
            if rule.name == "is_filled" and rule.severity in ("critical", "reject")
        }
        assert set(required(suite.table)) == {*suite.key, *filled}, suite.table


def test_a_column_that_a_connector_lacks_is_null(project):
    run = dbt(project.parent / "sparse", ["build"], project=project)
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        for table, columns in CONTRACT.items():
            row = con.execute(f"select {', '.join(columns)} from inputs.input_{table}").fetchone()
            found = {column for column, cell in zip(columns, row, strict=True) if cell is not None}
            assert found == set(required(table)), table


def test_a_column_that_is_missing_or_unknown_is_an_error(project):
    run = dbt(project.parent / "wrong", ["build"], project=project, variables={"is_wrong": True})
    assert run.returncode != 0
    said = {re.sub(r"^[\d: ]+", "", line).strip() for line in run.output.splitlines()}
    for table in CONTRACT:
        file = f"models/connectors/{CONNECTOR}/{CONNECTOR}__{table}.sql"
        first = required(table)[0]
        unknown = f"which input_{table} does not know"
        assert f"{file} lacks the column {first}, which is required" in said
        assert f"{file} has the column {first}x, {unknown}; did you mean {first}?" in said
        assert f"{file} has the column colour, {unknown}" in said


def test_the_page_of_the_contract_is_the_contract():
    spec = importlib.util.spec_from_file_location("pages", ROOT / "scripts" / "list_inputs.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8")
    assert written == script.page(), "run scripts/list_inputs.py"
    for table, columns in CONTRACT.items():
        [section] = re.findall(rf"^## {table}\n(.*?)(?=^## |\Z)", written, re.M | re.S)
        assert re.findall(r"^\| `(\w+)` \|", section, re.M) == list(columns)
    assert "`trialing`, `active`, `past_due`, `paused`, `canceled`, else the row is set aside" in (
        written
    )
