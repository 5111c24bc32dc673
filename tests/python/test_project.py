"""The project as a whole: its files, the shape of its DAG, its documentation, its publication."""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import jsonschema
import pytest
import yaml
from dbt.contracts.graph.manifest import Manifest
from dbt.jsonschemas.jsonschemas import project_schema, resources_schema
from dbt.parser.manifest import extended_mashumuro_decoder
from kpi_catalogue import catalogue

ROOT = Path(__file__).parents[2]
YAML_FILES = sorted(
    path
    for folder in ("models", "seeds", "tests", "macros", "analyses", "snapshots")
    for path in (ROOT / folder).rglob("*.y*ml")
    if path.parent != ROOT / "tests" / "fixtures"
)
# The layers that each layer may read, besides the reference seeds. `gate` stands on both sides of
# the line.
READS = {
    "connectors": {"source", "gate", "connectors"},
    "inputs": {"connectors"},
    "staging": {"inputs", "gate"},
    # Another engine than DuckDB gets what staging and the gate made, and nothing that lies before.
    "intermediate": {"staging", "gate", "intermediate"},
    "marts": {"staging", "gate", "intermediate", "marts"},
    "aggregates": {"marts"},
    "kpis": {"marts", "aggregates", "kpis"},
    "reports": {"marts", "aggregates", "kpis", "reports", "publish"},
}
SUBJECTS = {"marketing", "sales", "revenue", "customers", "costs"}
# The subject folders of each layer that is cut by them.
CUT_BY_SUBJECT = {
    "intermediate": SUBJECTS | {"calendar"},
    "marts": SUBJECTS | {"calendar"},
    "aggregates": SUBJECTS,
    "kpis": SUBJECTS,
}
# The calendar is read for the period before, by KPIs and reports of KPIs, and the stale tables for
# what is provisional.
MARTS_OF_KPIS = {"dim_periods", "fct_stale_kpis"}
# Names are no figures: a report may show whose one is.
MARTS_OF_NAMES = {"dim_owners"}
# Reports of one row per entity, which no KPI has: each adds up to KPIs in a test of its own.
REPORTS_OF_MARTS = {
    "campaign_results",
    "customers_ranked",
    "dim_segments",
    "forecast_categories",
    "forecast_review",
    "kpi_inputs",
    "pipeline_review",
    "records_to_fix",
    "renewal_risk_reasons",
    "renewals",
    "sales_forecast",
}
# Reports that judge and explain KPIs, by targets, tolerances and words that the business owns.
STEERING = {
    "drivers_in_words", "kpi_changes", "kpi_judged_figures", "kpi_judgements",
    "kpi_period_targets", "scorecard", "segment_annotations",
}  # fmt: skip
# Reports that need to know what belongs to a variant.
OF_VARIANTS = {
    "by_month", "by_quarter", "kpi_default", "kpi_inputs", "kpi_restatements", "kpi_rows_of",
    "sales_forecast",
}  # fmt: skip
ALL_CONNECTORS = {
    "connectors": [folder.name for folder in (ROOT / "models/connectors").iterdir()],
    "extracts_dir": "seeds/demo",
}


# -- files -----------------------------------------------------------------------------------------


def schema_errors(content, schema=None):
    """Errors of a resource YAML, as lines; dbt itself ignores a key that it does not know."""
    validator = jsonschema.Draft7Validator(schema or resources_schema())
    return [
        f"{'.'.join(map(str, best.absolute_path))}: {best.message}"
        for error in validator.iter_errors(content)
        for best in [jsonschema.exceptions.best_match([error])]
    ]


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_yaml_has_only_keys_that_dbt_knows(path):
    assert schema_errors(yaml.safe_load(path.read_text())) == []


def test_dbt_project_has_only_keys_that_dbt_knows():
    content = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    assert schema_errors(content, project_schema()) == []


@pytest.mark.parametrize("key", ["data_test", "desciption", "unit_tests"])
def test_schema_check_finds_a_misspelt_key(key):
    content = yaml.safe_load((ROOT / "models/marts/sales/fct_deals.yml").read_text())
    assert schema_errors(content) == []
    content["models"][0][key] = []
    assert key in schema_errors(content)[0]
    del content["models"][0][key]
    content["models"][0]["columns"][0][key] = []
    assert key in schema_errors(content)[0]


def test_lines_of_sql_fit_on_a_screen():
    """sqlfluff would judge the rendered line instead of the written one."""
    long = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"
        for folder in ("models", "analyses", "tests")
        for path in (ROOT / folder).rglob("*.sql")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 100
    ]
    assert long == []


def code(path):
    """Text of a SQL file without Jinja and SQL comments."""
    return re.sub(r"\{#.*?#\}|--[^\n]*|/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def test_kpis_are_sql_that_one_can_read():
    """Apart from `ref` and the rows of a variant, few lines of a KPI hold Jinja."""
    lines = jinja = 0
    for path in (ROOT / "models/kpis").rglob("*.sql"):
        text = path.read_text()
        lines += sum(bool(line.strip()) for line in text.splitlines())
        text = re.sub(r"\{\{ (kpi_rows|ref)\(.*?\) \}\}", "", text, flags=re.DOTALL)
        found = [span[0] for span in re.finditer(r"\{[{%#].*?[}%#]\}", text, re.DOTALL)]
        jinja += sum(span.count("\n") + 1 for span in found)
        assert "select * from final" in text, f"{path.name} is not written out"
    assert jinja / lines < 0.1


def test_no_figure_depends_on_the_day_of_the_build():
    clock = re.compile(
        r"\b(current_date|current_timestamp|current_time|localtimestamp|sysdate|getdate|"
        r"run_started_at|(now|today)\s*\()",
        re.IGNORECASE,
    )
    found = {
        str(path.relative_to(ROOT)): match[0]
        for folder in ("models", "macros")
        for path in (ROOT / folder).rglob("*.sql")
        if (match := clock.search(code(path)))
    }
    assert found == {}


# -- DAG -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parsed(run_dbt):
    """The project parsed with all connectors active; any warning of dbt is an error here."""
    run = run_dbt(["--warn-error", "parse"], variables=ALL_CONNECTORS)
    assert run.returncode == 0, run.output
    return run


@pytest.fixture(scope="module")
def models(parsed):
    return {
        node["unique_id"]: node
        for node in parsed.manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


@pytest.fixture(scope="module")
def parents(models):
    """The parents of each model by name: {name: [(layer or type, name), …]}."""
    return {
        model["name"]: [
            (
                models[parent]["fqn"][1] if parent in models else parent.split(".")[0],
                parent.split(".")[-1],
            )
            for parent in model["depends_on"]["nodes"]
        ]
        for model in models.values()
    }


def names_in(models, *layers):
    return {model["name"] for model in models.values() if model["fqn"][1] in layers}


def ancestors(parents, name):
    found, open_names = set(), [name]
    while open_names:
        for _, parent in parents.get(open_names.pop(), []):
            if parent not in found:
                found.add(parent)
                open_names.append(parent)
    return found


def test_whatever_fails_nothing_is_published(models, parents):
    """dbt skips what is downstream of a failure, so the publication must be downstream of all."""
    public = names_in(models, "marts", "aggregates", "kpis", "reports")
    assert public
    assert public - ancestors(parents, "publications") == set()


def test_names_are_no_longer_than_postgresql_keeps(models):
    """It cuts longer ones without a word, and two of them may then be one."""
    behind_staging = names_in(models, "intermediate", "marts", "aggregates", "kpis", "reports")
    names = {
        name
        for model in models.values()
        if model["name"] in behind_staging
        for name in [model["name"], *model["columns"]]
    }
    assert [name for name in sorted(names) if len(name) > 63] == []


def test_each_layer_reads_only_the_ones_before(models, parents):
    wrong = [
        f"{model['name']} ({model['fqn'][1]}) reads {parent} ({parent_layer})"
        for model in models.values()
        if model["fqn"][1] in READS
        for parent_layer, parent in parents[model["name"]]
        if parent_layer not in READS[model["fqn"][1]] | {"seed"}
    ]
    assert wrong == []


def test_connectors_read_models_of_their_own_base_alone(models, parents):
    read = [
        (model["fqn"][2], parent)
        for model in models.values()
        if model["fqn"][1] == "connectors"
        for layer, parent in parents[model["name"]]
        if layer == "connectors"
    ]
    assert len(read) > 20
    assert [pair for pair in read if not pair[1].startswith(f"base_{pair[0]}__")] == []


def test_kpis_read_no_mart_but_the_calendar(models, parents):
    marts = {
        (name, parent)
        for name in names_in(models, "kpis")
        for parent_layer, parent in parents[name]
        if parent_layer == "marts" and parent not in MARTS_OF_KPIS
    }
    assert marts == set()


def test_reports_that_read_marts_add_up_to_kpis(models, parents):
    of_marts = {
        name
        for name in names_in(models, "reports")
        if {parent for layer, parent in parents[name] if layer == "marts"}
        - MARTS_OF_KPIS
        - MARTS_OF_NAMES
    }
    assert of_marts == REPORTS_OF_MARTS
    for name in of_marts:
        test = ROOT / "tests/singular" / f"assert_{name}_agree_with_kpis.sql"
        assert {name, "kpi_values"} <= set(re.findall(r"ref\('(\w+)'\)", test.read_text()))


@pytest.mark.parametrize("layer", CUT_BY_SUBJECT)
def test_every_model_lies_in_the_folder_of_a_subject(models, layer):
    folders = {
        model["name"]: model["fqn"][2:-1] for model in models.values() if model["fqn"][1] == layer
    }
    assert folders
    known = [[subject] for subject in CUT_BY_SUBJECT[layer]]
    assert {name: found for name, found in folders.items() if found not in known} == {}


def test_kpis_read_no_seed_but_their_catalogue(models, parents):
    seeds = {
        (name, parent)
        for name in names_in(models, "kpis", "reports")
        for parent_layer, parent in parents[name]
        if parent_layer == "seed"
    }
    catalogue = {"kpis", "kpi_variants"}
    assert {(name, seed) for name, seed in seeds if seed in catalogue} == {
        ("kpi_catalog", "kpis"),
        *((name, "kpi_variants") for name in {"kpi_catalog", *OF_VARIANTS, *STEERING}),
    }
    assert {name for name, seed in seeds if seed not in catalogue} <= {
        *STEERING,
        "alerts",
        "dim_segments",
        "kpi_cuts",
        "kpi_restatements",
        "kpi_rows_of",
        "largest_drivers",
    }


def test_no_extract_is_read_before_it_is_checked(models, parents):
    unchecked = {
        name
        for name in names_in(models, "connectors")
        if {"source"} & {kind for kind, _ in parents[name]}
        and ("gate", "extract_checks") not in parents[name]
    }
    assert unchecked == set()


def test_no_input_is_staged_before_it_is_checked(models, parents):
    unchecked = {
        name
        for name in names_in(models, "staging")
        if "input_checks" not in ancestors(parents, name)
    }
    assert unchecked == set()


def test_input_checks_see_every_input(models, parents):
    seen = ancestors(parents, "input_checks") & names_in(models, "inputs")
    assert seen == names_in(models, "inputs")


def without_supplied(text):
    """Return a text without the setting `connector_tables`."""
    return re.sub(r"\n  connector_tables:\n(    .*\n)+", "\n", text)


def test_input_tables_are_listed_once(models, parents):
    """In macros/input_contract.sql; the demo's connector names its files, as any connector does.

    What each connector supplies is a list of its own in dbt_project.yml.
    """
    tables = {name.removeprefix("input_") for name in names_in(models, "inputs")}
    assert {name for kind, name in parents["counted_loads"] if kind == "inputs"} == {
        f"input_{table}" for table in tables
    }
    lists = {
        str(path.relative_to(ROOT))
        for folder in ("expectations", "macros", "models", "publication", "scripts")
        for path in [*(ROOT / folder).rglob("*"), ROOT / "dbt_project.yml"]
        if path.suffix in {".py", ".sql", ".yml"}
        and path.parent.parent != ROOT / "models/connectors"
        and len(tables & set(re.findall(r"\b[a-z_]+\b", without_supplied(path.read_text())))) > 20
    }
    assert lists == {"macros/input_contract.sql"}


def test_kpi_files_catalogue_and_union_agree(parents):
    files = {path.stem.removeprefix("kpi_") for path in (ROOT / "models/kpis").rglob("kpi_*.sql")}
    available = {kpi for kpi, row in catalogue().items() if row["status"] == "available"}
    united = {name.removeprefix("kpi_") for _, name in parents["kpi_values"]}
    assert files == available
    assert files == united, "run scripts/list_kpis.py"


def test_every_kpi_and_the_union_of_them_have_the_same_columns(models):
    """They are written once for each subject, and once for `kpi_values`."""
    columns = {
        name: [
            (column["name"], column["data_type"], column["description"])
            for column in model["columns"].values()
        ]
        for model in models.values()
        if (name := model["name"]) == "kpi_values"
        or (model["fqn"][1] == "kpis" and name.startswith("kpi_"))
    }
    union = columns.pop("kpi_values")
    assert len(columns) > 60
    assert {name for name, found in columns.items() if found != union} == set()


def test_what_a_kpi_says_is_written_once(demo_build):
    """In English it is the description of its view; the seed has that of KPIs without one."""
    for kpi, row in catalogue().items():
        assert bool(row["description_en"]) == (row["status"] == "planned"), kpi
    with duckdb.connect(str(demo_build.published_path), read_only=True) as database:
        different = database.execute(
            "select kpi from kpis.kpi_catalog as catalog "
            "left join duckdb_views() as views on view_name = 'kpi_' || kpi "
            "where status = 'available' "
            "and not starts_with(views.comment, description_en || ' One row per ') "
            "or description_en is null"
        ).fetchall()
    assert different == []


@pytest.mark.parametrize("label", ["label_en", "label_fr"])
def test_labels_tell_the_variants_of_a_kpi_apart(label):
    for kpi, row in catalogue().items():
        labels = [variant[label] for variant in row["variants"].values()]
        assert len(set(labels)) == len(labels), kpi


def test_units_of_variants_fit_their_values(demo_build):
    """Counts are whole, no amount or score is a count, and no share is a share turned round."""
    with duckdb.connect(str(demo_build.build_path), read_only=True) as database:
        wrong = database.execute(
            "select kpi, variant, unit, min(value), max(value) "
            "from kpis.kpi_values join kpis.kpi_variants using (kpi, variant) group by all "
            "having case unit when 'count' then bool_or(value % 1 != 0) "
            "when 'share' then min(value) >= 1 "
            "when 'amount' then bool_and(value % 1 = 0) and count(distinct value) > 10 "
            "when 'score' then bool_and(value % 1 = 0) else false end"
        ).fetchall()
    assert wrong == []


# -- documentation ---------------------------------------------------------------------------------


def test_every_model_says_what_one_row_is(models):
    grain = re.compile(r"(^|\. )One row( per [^.]+)?\.$")
    without = {
        model["name"]
        for model in models.values()
        if not grain.search(" ".join(model["description"].split()))
    }
    assert without == set()


def test_a_column_is_worded_in_one_place():
    """Words that several columns share are a block of columns.md, words of one stand beside it."""
    blocks = re.findall(r"{% docs (\w+) %}", (ROOT / "models/docs/columns.md").read_text())
    used = Counter(
        name for path in YAML_FILES for name in re.findall(r"doc\('(\w+)'\)", path.read_text())
    )
    # KPIs share the columns of their subject within one file.
    used_by_kpis = {
        name
        for path in (ROOT / "models/kpis").rglob("*.yml")
        for name in re.findall(r"doc\('(\w+)'\)", path.read_text())
    }
    assert {name for name in blocks if used[name] < 2} - used_by_kpis == set()
    words = Counter(
        column["description"].strip()
        for layer in ("inputs", "staging", "intermediate")
        for _, column in columns_in(layer)
        if "doc(" not in column["description"]
    )
    assert [text for text, count in words.items() if count > 1] == []


def columns_in(layer):
    """The columns of a layer's YAML files, with the names of their models."""
    return [
        (model["name"], column)
        for path in sorted((ROOT / "models" / layer).rglob("*.yml"))
        for model in yaml.safe_load(path.read_text())["models"]
        for column in model.get("columns", [])
    ]


def test_columns_between_contract_and_marts_are_described_where_they_are_new():
    """What an input or a mart says of a column is not said again of the steps between them."""
    said = {
        (column["name"], column["description"].strip())
        for layer in ("inputs", "marts")
        for _, column in columns_in(layer)
    }
    again = [
        f"{model}.{column['name']}"
        for layer in ("staging", "intermediate")
        for model, column in columns_in(layer)
        if (column["name"], column["description"].strip()) in said
        and set(column) <= {"name", "description"}
    ]
    assert again == [], "these entries of their YAML can go"


def test_every_column_is_described(demo_build):
    """Against the built relations: a column that its YAML forgets is found too.

    Steps between the contract and the marts describe what is new; the rest is described there.
    """
    with duckdb.connect(str(demo_build.build_path), read_only=True) as database:
        built = database.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
        )
        columns = {}
        for schema, relation, column in built.fetchall():
            columns.setdefault((schema, relation), set()).add(column)
    carried = {
        column["name"]
        for layer in ("inputs", "staging", "intermediate", "marts")
        for _, column in columns_in(layer)
    }
    undescribed = {}
    for node in demo_build.manifest["nodes"].values():
        if node["resource_type"] != "model" or node["fqn"][1] == "connectors":
            continue
        described = {
            name for name, column in node["columns"].items() if column["description"].strip()
        }
        wrong = columns[node["schema"], node["name"]] ^ described
        if node["fqn"][1] in ("staging", "intermediate"):
            wrong = described - columns[node["schema"], node["name"]] | wrong - carried
        if wrong:
            undescribed[node["name"]] = sorted(wrong)
    assert undescribed == {}


def test_dbt_bouncer(parsed):
    """The checks on names, contracts and lineage that pyproject.toml lists."""
    shutil.copy(ROOT / "pyproject.toml", parsed.folder)
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt-bouncer"), "run", "--config-file", "pyproject.toml"],
        cwd=parsed.folder,
        capture_output=True,
        text=True,
        check=False,
        env={"DBT_BOUNCER_SHOW_ALL_FAILURES": "true", "COLUMNS": "160", "DO_NOT_TRACK": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_parsed_project_can_be_read_again(parsed):
    """Else each build parses everything anew, which takes a fifth of it, and dbt says nothing."""
    written = (parsed.target_path / "partial_parse.msgpack").read_bytes()
    assert Manifest.from_msgpack(written, decoder=extended_mashumuro_decoder).nodes


# -- builds ----------------------------------------------------------------------------------------


@pytest.fixture
def warehouse(demo_build, tmp_path):
    """A copy of the demo's warehouse for a test to build upon."""
    for name in ("build", "published"):
        shutil.copytree(demo_build.folder / name, tmp_path / name)
    return tmp_path


@pytest.mark.checked
def test_unit_tests(run_dbt, warehouse):
    """All that stand in the YAML files are run here; builds leave them out."""
    run = run_dbt(["test", "--select", "test_type:unit"], folder=warehouse)
    assert run.returncode == 0, run.output
    written = {
        f"unit_test.revops.{unit_test['model']}.{unit_test['name']}"
        for path in YAML_FILES
        for unit_test in yaml.safe_load(path.read_text()).get("unit_tests", [])
    }
    passed = {
        result["unique_id"] for result in run.run_results["results"] if result["status"] == "pass"
    }
    assert passed == written
    assert len(passed) > 150


def test_a_model_that_fails_leaves_what_was_there(run_dbt, warehouse):
    """A table or a view is dropped and made anew in one transaction, whichever stood there."""
    path = warehouse / "build" / "revops.duckdb"
    models = ["funnel", "kpi_win_rate"]

    def rebuilt():
        run = run_dbt(["run", "--select", *models], folder=warehouse)
        return [run.statuses[name] for name in models]

    asked = "select (select count(*) from kpis.funnel), (select count(*) from kpis.kpi_win_rate)"
    with duckdb.connect(str(path)) as con:
        before = con.execute(asked).fetchall()
        con.execute("alter table aggregates.agg_contacts rename lead_count to lost_count")
    assert rebuilt() == ["error", "success"]
    with duckdb.connect(str(path)) as con:
        assert con.execute("select count(*) from kpis.funnel").fetchone()[0] == before[0][0]
        con.execute("alter table aggregates.agg_contacts rename lost_count to lead_count")
        con.execute("alter table aggregates.agg_deals rename to lost_deals")
        # A view where the model makes a table, and the other way round.
        con.execute("alter table kpis.funnel rename to funnel_before")
        con.execute("create view kpis.funnel as from kpis.funnel_before limit 1")
        con.execute("drop view kpis.kpi_win_rate")
        con.execute("create table kpis.kpi_win_rate as select 1 as one")
    assert rebuilt() == ["success", "error"]
    with duckdb.connect(str(path)) as con:
        assert con.execute("from kpis.kpi_win_rate").fetchall() == [(1,)]
        con.execute("alter table aggregates.lost_deals rename to agg_deals")
    assert rebuilt() == ["success", "success"]
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute(asked).fetchall() == before


def test_users_builds_leave_out_unit_tests_and_nothing_else(parsed, run_dbt):
    """A plain `dbt build` does; whoever selects a model gets its unit tests, too."""

    def listed(*arguments):
        command = ["ls", "--quiet", "--output", "json", "--output-keys", "unique_id", *arguments]
        run = run_dbt(command, folder=parsed.folder, variables=ALL_CONNECTORS)
        assert run.returncode == 0, run.output
        return {json.loads(line)["unique_id"] for line in run.output.splitlines()}

    manifest = parsed.manifest
    everything = {*manifest["nodes"], *manifest["sources"], *manifest["exposures"]}
    is_never_built = ("operation.", "analysis.")
    assert listed() == {name for name in everything if not name.startswith(is_never_built)}
    assert "unit_test.revops.kpi_win_rate.win_rate_by_count_value_and_created_cohort" in listed(
        "--select", "kpi_win_rate"
    )


def test_lineage_docs_are_one_file(run_dbt, warehouse):
    run = run_dbt(["docs", "generate", "--static"], folder=warehouse)
    assert run.returncode == 0, run.output
    page = (run.target_path / "static_index.html").read_text()
    assert "model.revops.kpi_win_rate" in page
    # The page holds a tracker, which this switches off.
    assert '"send_anonymous_usage_stats": false' in page
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?(?:https?:)?//", page)


def test_published_file_holds_marts_aggregates_and_kpis_only(demo_build):
    path = demo_build.published_path
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert not path.stat().st_mode & 0o222
    with duckdb.connect(str(path), read_only=True) as database:
        schemas = database.execute(
            "select distinct table_schema from information_schema.tables"
        ).fetchall()
        [[storage]] = database.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
    assert sorted(schemas) == [("aggregates",), ("kpis",), ("marts",)]
    assert storage.startswith("v1.2")
