"""README and pages tell the truth: commands run, outputs are real, tables are complete."""

import datetime
import importlib.util
import json
import re
import shutil
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
import yaml
from kpi_catalogue import catalogue, rows
from readme_connector import readme_build, with_billing

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Where a newcomer stops reading, in bytes.
README_SIZE = 8192
SVG = "{http://www.w3.org/2000/svg}"


def load(path):
    """Import a script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


make_pages = load(ROOT / "scripts" / "make_pages.py")
PAGES = make_pages.pages()
LINKING = [
    *PAGES,
    ROOT / "CONTRIBUTING.md",
    *(ROOT / folder / "README.md" for folder in ("generator", "boards", "assistants", "superset")),
]
EXAMPLES = [
    pytest.param(example, id=f"{path.name}: {example.code.strip()[:40]}")
    for path in PAGES
    for example in make_pages.examples(path.read_text(encoding="utf-8"))
]


def relative(path):
    """Return the name of a page, for the names of tests."""
    return str(path.relative_to(ROOT))


def page(name):
    """Return the text of a page of docs/."""
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def blocks(marker, text):
    """Return the fenced blocks that stand below a comment; `(.*?)` in it is returned too."""
    return re.findall(rf"<!-- {marker} -->\n```\w*\n(.*?)```", text, re.DOTALL)


def section(title, text):
    """Return the part of a page below a heading, sub-sections included."""
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def anchors(path):
    """Return the anchors of a page: one for each heading, a repeated one with a number."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = Counter()
    for heading in re.findall(r"^#+ (.+)$", text, re.M):
        found[make_pages.slug(heading)] += 1
    return {
        name + (f"-{number}" if number else "")
        for name, count in found.items()
        for number in range(count)
    }


def kpis_that_are(status):
    return {kpi: row for kpi, row in catalogue().items() if row["status"] == status}


def test_demo_rejects_and_warns_as_often_as_the_readme_says(demo_build):
    said = re.search(r"in (\d+) lines `REJECT`\s+and\s+(\d+)\s+lines\s+`WARN`", README)
    found = [
        len(re.findall(rf"^.*  {word}  ", demo_build.output, re.M)) for word in ("REJECT", "WARN")
    ]
    assert [int(number) for number in said.groups()] == found


def test_command_that_shows_an_analysis_shows_all_columns(demo_build, run_dbt, tmp_path):
    [command] = re.findall(r"`\.venv/bin/dbt (--quiet show [^`]+)`", page("tables"))
    (tmp_path / "build").mkdir()
    shutil.copy(demo_build.build_path, tmp_path / "build" / "revops.duckdb")
    run = run_dbt(command.split(), folder=tmp_path)
    assert run.returncode == 0, run.output
    rows = json.loads(run.output)["show"]
    assert (len(rows), len(rows[0])) == (49, 8)


def test_readme_is_short():
    assert len(README.encode()) <= README_SIZE


def test_readme_leads_to_every_page():
    links = set(re.findall(r"\]\(([^)#\s]+)", README))
    assert {relative(path) for path in PAGES if path != ROOT / "README.md"} <= links


def test_short_queries_of_the_readme_answer(demo_build):
    queries = re.findall(r"`(from [^`]+)`", README)
    assert queries
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        for query in queries:
            assert con.sql(f"{query} limit 1").fetchall()


def test_there_are_examples_of_each_kind():
    kinds = {example.kind for [example] in (found.values for found in EXAMPLES)}
    assert kinds == {"python", "published", "build", "cli"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_answers_what_the_page_says(example, demo_build):
    said = make_pages.answer(example, demo_build.folder)
    if example.output is not None:
        assert said == example.output, "run scripts/make_pages.py after `make build`"


@pytest.mark.parametrize("path", LINKING, ids=relative)
def test_links_and_pictures_exist(path):
    """What `make` writes and git ignores cannot be linked to."""
    links = re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", path.read_text(encoding="utf-8"))
    missing = []
    for target, anchor in links:
        if re.match(r"[a-z]+:", target):
            continue
        file = path.parent / target if target else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(f"{target}#{anchor}")
    assert not missing


def test_page_of_kpis_is_what_the_catalogue_gives(demo_build):
    written = make_pages.kpi_page(demo_build.published_path)
    assert page("kpis") == written, "run scripts/make_pages.py after `make build`"


def kpis_of_the_page():
    """Return the text on each KPI of the page, by the name that its heading gives."""
    parts = re.split(r"^### (.+)$", page("kpis"), flags=re.M)[1:]
    return {
        name: text.split("\n## ")[0] for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_page_of_kpis_has_all_of_the_catalogue():
    shown = kpis_of_the_page()
    assert sorted(shown) == sorted(row["name_en"] for row in catalogue().values())
    for kpi, row in catalogue().items():
        text = shown[row["name_en"]]
        for column in ("name_fr", "description_en", "description_fr"):
            assert row[column] in text, kpi
        # A bar in a cell has a backslash before it, and so is no border.
        lines = [line[2:-2].split(" | ") for line in re.findall(r"^\| `\w+` .*\|$", text, re.M)]
        assert [
            [cell.replace("\\|", "|") for cell in line] for line in lines if len(line) == 6
        ] == [
            [
                f"`{variant['variant']}`",
                f"{variant['label_en']} / *{variant['label_fr']}*",
                variant["formula_en"],
                variant["formula_fr"],
                variant["unit"],
                variant["direction"].replace("_", " "),
            ]
            for variant in row["variants"].values()
        ]
        assert next(iter(row["variants"].values()))["is_default"] == "true"


def test_page_of_kpis_has_all_targets():
    shown = {
        (kpi, variant, grain, target)
        for kpi, row in catalogue().items()
        for variant, grains, target in re.findall(
            r"^- Target of `(\w+)` by (.+?): \*\*([\d.]+)\*\*",
            kpis_of_the_page()[row["name_en"]],
            re.M,
        )
        for grain in re.findall(r"`(\w+)`", grains)
    }
    columns = ("kpi", "variant", "period_grain", "target")
    assert shown == {tuple(row[column] for column in columns) for row in rows("kpi_targets")}


def test_page_of_kpis_tells_planned_ones(demo_build):
    """A planned KPI has a view nowhere, and all others name theirs."""
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        views = {
            name
            for [name] in con.sql(
                "select view_name from duckdb_views() where schema_name = 'kpis'"
            ).fetchall()
        }
    named = {}
    for kpi, row in catalogue().items():
        [first] = re.findall(r"^(planned|`\w+`) · ", kpis_of_the_page()[row["name_en"]], re.M)
        named[kpi] = first.strip("`")
    planned = kpis_that_are("planned")
    assert {kpi for kpi, name in named.items() if name == "planned"} == set(planned)
    assert {name for kpi, name in named.items() if kpi not in planned} <= views


def test_every_variable_is_explained():
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    named = re.findall(r"^\| (`.+?) \|", section("Settings", page("configure")), re.M)
    assert set(re.findall(r"`(\w+)`", " ".join(named))) == set(project["vars"])


def test_every_published_table_is_explained(demo_build):
    named = re.findall(r"^\| (`marts.+?) \|", section("Published tables", page("tables")), re.M)
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        tables = con.sql(
            "select 'marts.' || table_name from information_schema.tables "
            "where table_schema = 'marts'"
        ).fetchall()
    assert set(re.findall(r"`([\w.]+)`", " ".join(named))) == {name for [name] in tables}


def test_every_column_of_a_kpi_is_explained(demo_build):
    named = re.findall(r"^\| (`.+?) \|", section("Read one row", README), re.M)
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        columns = con.sql("from kpis.kpi_values limit 0").columns
    assert re.findall(r"`(\w+)`", " ".join(named)) == columns


def test_the_row_that_is_read_is_published(demo_build):
    lines = re.findall(r"^\| (`.+?) \| (.+?) \|", section("Read one row", README), re.M)
    shown = {}
    for names, values in lines:
        of = [None if value == "null" else value.strip("`") for value in values.split(", ")]
        shown |= dict(zip(re.findall(r"`(\w+)`", names), of, strict=True))
    asked = ["kpi", "variant", "period_grain", "period_start", "dimension", "segment"]
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        found = con.execute(
            "select columns(*)::varchar from kpis.kpi_values where "
            + " and ".join(f"{name} = ?" for name in asked),
            [shown[name] for name in asked],
        )
        names = [column[0] for column in found.description]
        assert [dict(zip(names, row, strict=True)) for row in found.fetchall()] == [shown]


def test_make_targets_exist():
    text = "\n".join(path.read_text(encoding="utf-8") for path in LINKING)
    shells = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`(make [^`]+)`", text)
    targets = set(re.findall(r"\bmake ([\w-]+)", "\n".join([*shells, *inline])))
    assert {"build", "test"} <= targets
    assert targets <= set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))


def test_pictures_show_what_there_is(demo_build, tmp_path):
    pictures = load(ROOT / "scripts" / "make_pictures.py")
    pictures.draw_results(demo_build.published_path, tmp_path / "results.svg")
    pictures.draw_recurring(demo_build.published_path, tmp_path / "recurring.svg")
    for name in ("results.svg", "recurring.svg"):
        committed = (ROOT / "docs" / "pictures" / name).read_text()
        assert committed == (tmp_path / name).read_text(), (
            "run scripts/make_pictures.py after `make build`"
        )


def test_titles_of_pictures_follow_the_figures():
    pictures = load(ROOT / "scripts" / "make_pictures.py")
    day, share = datetime.date, Decimal
    assert pictures.funnel_finding([100, 90, 30, 20, 18]) == "60 of 90 MQLs are not SQLs yet"
    assert pictures.funnel_finding([100, 9, 3, 2, 1]) == "91 of 100 leads are not MQLs yet"
    years = [
        (day(2024, 1, 1), None, 3, 10, share("0.30")),
        (day(2025, 1, 1), None, 4, 10, share("0.4")),
    ]
    assert pictures.win_rate_finding(years) == "The win rate rose to 40% in 2025, from 30% in 2024"
    assert pictures.win_rate_finding(years[:1]) == "In 2024, 30% of decided deals were won"
    moved = {"new": 10.0, "expansion": 5.0, "churn": -40.0, "fx": 0.0}
    assert (
        pictures.mrr_finding(2025, 100, moved, 75) == "MRR fell 25% in 2025, mostly through churn"
    )
    moved = {"new": 10.0, "expansion": 9.0, "reactivation": 6.0}
    assert pictures.mrr_finding(2025, 100, moved, 125) == (
        "MRR grew 25% in 2025, first through new customers"
    )
    quarters = [(None, 1, share(net)) for net in ("1.10", "1", "1", "1", "1.10")]
    assert pictures.retention_finding(quarters) == "Net retention stayed at 110.0%"
    quarters[0] = (None, 1, share("1.05"))
    assert (
        pictures.retention_finding(quarters) == "Net retention rose to 110.0% (a year ago 105.0%)"
    )


def test_picture_of_the_lineage_names_every_model(demo_build, tmp_path):
    """`make docs` draws it; labels leave out the layer where the column says it."""
    pictures = load(ROOT / "scripts" / "make_pictures.py")
    manifest = json.loads((demo_build.target_path / "manifest.json").read_text())
    pictures.draw_lineage(manifest, tmp_path / "lineage.svg")
    drawn = {text.text for text in ElementTree.parse(tmp_path / "lineage.svg").iter(f"{SVG}text")}
    layers = {"inputs", "intermediate", "marts", "aggregates", "kpis", "reports"}
    names = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].split("/")[0] in layers
    }
    assert {name for name in names if not {name, name.split("_", 1)[-1]} & drawn} == set()
    assert len(names) > 150


@pytest.fixture(scope="module")
def acme_build(demo_build):
    """The connector of docs/connect.md: a company with nothing but deals."""
    return readme_build(demo_build)


@pytest.fixture(scope="module")
def acme(acme_build):
    assert acme_build.returncode == 0, acme_build.output
    with duckdb.connect(str(acme_build.published_path), read_only=True) as con:
        yield con


def test_connector_of_the_page_works(acme, acme_build):
    [query] = blocks("acme", page("connect"))
    [output] = blocks("acme output", page("connect"))
    assert str(acme.sql(query)).rstrip() + "\n" == output
    assert "REJECT" not in acme_build.output


def test_subscriptions_of_the_page_work(acme_build, demo_build):
    """January 200 + 100, February 200 + 100, from March on 240 + 100."""
    run = with_billing(demo_build)
    assert run.returncode == 0, run.output
    [query] = blocks("billing", page("connect"))
    [output] = blocks("billing output", page("connect"))
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        assert str(con.sql(query)).rstrip() + "\n" == output


def test_a_company_with_nothing_but_deals_gets_its_deal_kpis(acme):
    """Won 12,000 and 3,000 after 51 and 41 days, lost 8,000."""
    found = acme.sql(
        """
        select kpi, variant, numerator, denominator, value from kpis.kpi_values
        where period_grain = 'year' and period_start = '2025-01-01' and dimension = 'all'
            and (kpi, variant) in (
                ('win_rate', 'count'), ('win_rate', 'value'), ('bookings', 'amount'),
                ('average_deal_size', 'standard'), ('sales_cycle_length', 'mean')
            )
        """
    ).fetchall()
    assert {(kpi, variant): tuple(values) for kpi, variant, *values in found} == {
        ("win_rate", "count"): (2, 3, pytest.approx(Decimal(2) / 3, abs=Decimal("0.00001"))),
        ("win_rate", "value"): (
            *(15_000, 23_000),
            pytest.approx(Decimal(15) / 23, abs=Decimal("0.00001")),
        ),
        ("bookings", "amount"): (15_000, None, 15_000),
        ("average_deal_size", "standard"): (15_000, 2, 7_500),
        ("sales_cycle_length", "mean"): (92, 2, 46),
    }


def test_and_null_for_what_it_has_no_data_for(acme):
    with_value = acme.sql(
        "select distinct kpi from kpis.kpi_values where value is not null and value != 0"
    ).fetchall()
    zeros = acme.sql(
        "select count(*) from kpis.kpi_values where value = 0 and "
        "(kpi in ('leads', 'mqls', 'sqls') or kpi like 'lead%' or kpi like 'visitor%' "
        "or variant in ('contacts', 'contacts_strict'))"
    ).fetchall()
    assert {kpi for [kpi] in with_value} <= {
        "average_deal_size",
        "bookings",
        "new_customers",
        "open_pipeline",
        "opportunities",
        "pipeline_created",
        "pipeline_movements",
        "sales_cycle_length",
        "sales_velocity",
        "win_rate",
    }
    assert zeros == [(0,)]


def test_broken_files_of_the_page_stop_the_build(run_dbt, demo_extracts):
    deals, campaigns = demo_extracts / "deals.csv", demo_extracts / "campaigns.csv"
    header, rows = deals.read_text().split("\n", 1)
    deals.write_text(header.replace(",amount,", ",value,") + "\n" + rows)
    campaigns.write_bytes(campaigns.read_text().encode("latin-1", errors="replace"))

    run = run_dbt(["build", "--select", "+demo__owners"], extracts=demo_extracts)

    # Not even a file that is whole is read.
    assert run.returncode == 1
    assert run.statuses["no_critical_rule_is_broken_extract_checks_"] == "fail"
    assert run.statuses["demo__owners"] == "skipped"
    lines = re.findall(r"^(?:\d\d:\d\d:\d\d)?\s*(The inputs break.*| *STOP .*)$", run.output, re.M)
    said = "".join(
        ("  " if line.strip().startswith("STOP") else "") + line.strip() + "\n" for line in lines
    )
    [shown] = blocks("broken", page("gate"))
    assert said.replace(str(demo_extracts), "extracts") == shown
