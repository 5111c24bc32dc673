"""The README tells the truth: its commands run, its outputs are real, its tables are complete."""

import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from kpi_catalogue import catalogue

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/decisions.md",
    "docs/unit-economics.md",
    "docs/rentabilite-client.md",
]


def load(path):
    """Import a script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


readme_outputs = load(ROOT / "docs" / "readme_outputs.py")
EXAMPLES = readme_outputs.examples(README)


def blocks(marker, text=README):
    """Return the fenced blocks that stand below a comment; `(.*?)` in it is returned too."""
    return re.findall(rf"<!-- {marker} -->\n```\w*\n(.*?)```", text, re.DOTALL)


def section(title):
    """Return the text of a section, sub-sections included."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def kpis_that_are(status):
    return {kpi: row for kpi, row in catalogue().items() if row["status"] == status}


def test_demo_rejects_and_warns_as_often_as_the_readme_says(demo_build):
    said = re.search(r"in (\d+) lines `REJECT` and (\d+) lines\s+`WARN`", README)
    found = [
        len(re.findall(rf"^.*  {word}  ", demo_build.output, re.M)) for word in ("REJECT", "WARN")
    ]
    assert [int(number) for number in said.groups()] == found


def test_command_that_shows_an_analysis_shows_all_columns(demo_build, run_dbt, tmp_path):
    [command] = re.findall(r"`\.venv/bin/dbt (--quiet show [^`]+)`", README)
    (tmp_path / "build").mkdir()
    shutil.copy(demo_build.build_path, tmp_path / "build" / "revops.duckdb")
    run = run_dbt(command.split(), folder=tmp_path)
    assert run.returncode == 0, run.output
    rows = json.loads(run.output)["show"]
    assert (len(rows), len(rows[0])) == (45, 8)


def test_there_are_examples_of_each_kind():
    assert {example.kind for example in EXAMPLES} == {"python", "published", "build"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.code.strip()[:40])
def test_example_answers_what_the_readme_says(example, demo_build):
    said = readme_outputs.answer(example, demo_build.folder)
    if example.output is not None:
        assert said == example.output, "run docs/readme_outputs.py after `make build`"


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_exist(page):
    path = ROOT / page
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    missing = [link for link in local if not (path.parent / link).exists()]
    # What `make` writes and git ignores cannot be linked to.
    assert not missing


def test_available_kpis_are_those_of_the_catalogue():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (\w+) \| (.+?) \|$", section("The KPIs"), re.M)
    shown = {kpi: (name, unit, re.findall(r"`(\w+)`", names)) for kpi, name, unit, names in rows}
    expected = {}
    for kpi, row in kpis_that_are("available").items():
        [default] = [v for v in row["variants"].values() if v["is_default"] == "true"]
        expected[kpi] = (row["name_en"], default["unit"], list(row["variants"]))
        assert shown[kpi][2][0] == default["variant"]
    assert shown == expected, "run scripts/list_kpis.py"


def test_kpis_to_come_are_those_of_the_catalogue():
    lines = re.findall(r"^- \*\*\w+\*\*: (.+)$", section("The KPIs"), re.M)
    assert set(re.findall(r"`(\w+)`", " ".join(lines))) == set(kpis_that_are("planned"))


def test_every_variable_is_explained():
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    rows = re.findall(r"^\| (`.+?) \|", section("Configuration"), re.M)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(project["vars"])


def test_every_published_table_is_explained(demo_build):
    rows = re.findall(r"^\| (`marts.+?) \|", section("The tables behind"), re.M)
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        tables = con.sql(
            "select 'marts.' || table_name from information_schema.tables "
            "where table_schema = 'marts'"
        ).fetchall()
    assert set(re.findall(r"`([\w.]+)`", " ".join(rows))) == {name for [name] in tables}


def test_every_column_of_a_kpi_is_explained(demo_build):
    rows = re.findall(r"^\| (`.+?) \|", section("Read one row"), re.M)
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        columns = con.sql("from kpis.kpi_values limit 0").columns
    assert re.findall(r"`(\w+)`", " ".join(rows)) == columns


def test_make_targets_exist():
    shells = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    inline = re.findall(r"`(make [^`]+)`", README)
    targets = set(re.findall(r"\bmake (\w+)", "\n".join([*shells, *inline])))
    assert {"build", "test"} <= targets
    assert targets <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))


def test_pictures_show_what_there_is(demo_build, tmp_path):
    pictures = load(ROOT / "docs" / "make_pictures.py")
    manifest = json.loads((demo_build.target_path / "manifest.json").read_text())
    pictures.draw_dag(manifest, tmp_path / "dag.svg")
    pictures.draw_results(demo_build.published_path, tmp_path / "results.svg")
    pictures.draw_recurring(demo_build.published_path, tmp_path / "recurring.svg")
    for name in ("dag.svg", "results.svg", "recurring.svg"):
        committed = (ROOT / "docs" / "pictures" / name).read_text()
        assert committed == (tmp_path / name).read_text(), (
            "run docs/make_pictures.py after `make build`"
        )


def test_connector_of_the_readme_works(run_dbt, tmp_path):
    project = tmp_path / "project"
    left_out = (".git", ".venv", "target", "build", "published", "logs", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*left_out))
    files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert [Path(name).suffix for name, _ in files] == [".csv", ".yml", ".sql", ".sql"]
    for name, content in files:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    [switched_on] = re.findall(r"```yaml\n(  connectors: .*?)```", README, re.DOTALL)
    settings = {k: str(v) for k, v in re.findall(r"^  (\w+): +(.+?)(?: +#.*)?$", switched_on, re.M)}
    [supplied] = re.findall(r"`(acme: \[.+?\])` to `connector_tables`", README)
    text = (project / "dbt_project.yml").read_text()
    text = text.replace("  connector_tables:\n", f"  connector_tables:\n    {supplied}\n")
    for name, value in settings.items():
        text = re.sub(rf"^  {name}: .*$", f"  {name}: {value}", text, flags=re.M)
    (project / "dbt_project.yml").write_text(text)
    [reporting_date] = re.findall(r"--vars '\{reporting_date: (\S+)\}'", README)

    run = run_dbt(
        ["build", "--exclude-resource-type", "unit_test"],
        variables={"reporting_date": reporting_date},
        project=project,
    )

    assert run.returncode == 0, run.output
    [query] = blocks("acme")
    [output] = blocks("acme output")
    with duckdb.connect(str(run.published_path), read_only=True) as con:
        assert str(con.sql(query)).rstrip() + "\n" == output


def test_broken_files_of_the_readme_stop_the_build(run_dbt, demo_extracts):
    deals, campaigns = demo_extracts / "deals.csv", demo_extracts / "campaigns.csv"
    header, rows = deals.read_text().split("\n", 1)
    deals.write_text(header.replace(",amount,", ",value,") + "\n" + rows)
    campaigns.write_bytes(campaigns.read_text().encode("latin-1", errors="replace"))

    run = run_dbt(["build", "--select", "+extract_checks"], extracts=demo_extracts)

    lines = re.findall(r"^(?:\d\d:\d\d:\d\d)?\s*(The inputs break.*| *STOP .*)$", run.output, re.M)
    said = "".join(
        ("  " if line.strip().startswith("STOP") else "") + line.strip() + "\n" for line in lines
    )
    [shown] = blocks("broken")
    assert said.replace(str(demo_extracts), "extracts") == shown
