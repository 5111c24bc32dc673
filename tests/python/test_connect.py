"""`make connect`: what is there, what it will give, what to set; nothing that no file says."""

import importlib.util
import re
import shutil
import subprocess
import sys

import duckdb
import pytest
import yaml
from conftest import ROOT
from kpi_catalogue import catalogue

from expectations.extracts import findings_of
from generator.shapes import fec, hubspot, quickbooks, spend, xero
from scripts.connect import UNLESS_FILLED, declared, writing_of_cells

DEMO = ROOT / "seeds" / "demo"


def connect(source, place):
    """Return the exit code and what the script says."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "connect.py", source, str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(DEMO, tmp_path / "exports")


def test_a_complete_folder_gives_every_kpi():
    code, said = connect("demo", DEMO)
    assert code == 0
    count = len(catalogue())
    assert f"KPIs with figures: {count} of {count}" in said
    assert set(re.findall(r"null unless a row has \S+: (\w+)", said)) == set(UNLESS_FILLED)
    assert said.rstrip().endswith("then: make build")


def test_columns_without_which_a_kpi_is_null_are_those_that_a_build_allows_for():
    """The claim about filled tables leaves these KPIs out where their column says nothing."""
    claim = (ROOT / "tests/singular/assert_kpi_inputs_agree_with_kpis.sql").read_text()
    assert set(re.findall(r"select '(\w+)' as kpi", claim)) == set(UNLESS_FILLED)
    for table, column in (place.split(".") for place in UNLESS_FILLED.values()):
        inputs = yaml.safe_load((ROOT / f"models/inputs/input_{table}.yml").read_text())
        assert column in {each["name"] for each in inputs["models"][0]["columns"]}


def test_the_connector_is_found_by_its_files():
    assert connect("", DEMO) == connect("demo", DEMO)


def test_a_missing_file_and_a_missing_column_are_named(copy):
    (copy / "quotas.csv").unlink()
    text = (copy / "plans.csv").read_text(encoding="utf-8")
    (copy / "plans.csv").write_text(text.replace("list_price", "price", 1), encoding="utf-8")
    code, said = connect("demo", copy)
    assert code == 1
    assert "  quotas: MISSING; looked for " in said
    assert "MISSING columns: list_price" in said
    assert "null without quotas: pipeline_coverage" in said


def test_what_would_stop_the_build_is_said_in_the_words_of_the_gate(copy):
    """Files that are there, and that no look at the header alone would doubt."""
    text = (copy / "deals.csv").read_text(encoding="utf-8")
    (copy / "deals.csv").write_text(text[: len(text) // 2].rpartition(",")[0], encoding="utf-8")
    (copy / "quotes.csv").write_text("", encoding="utf-8")
    code, said = connect("demo", copy)
    assert code == 1
    assert "The build would stop:\n" in said
    assert "STOP    demo.deals: row_has_as_many_values_as_the_header: " in said
    assert f"STOP    demo.quotes: file_is_not_empty: {copy}/quotes.csv is empty" in said
    assert "quotes: MISSING" not in said


def test_a_format_is_that_of_most_files_and_the_gate_names_the_others(copy):
    """One file from a spreadsheet makes no other format for all: their letters would be wrong."""
    for name, change in {
        "quotas": lambda text: text.replace(",", ";").encode(),
        "owners": lambda text: text.encode("cp1252"),
    }.items():
        text = (copy / f"{name}.csv").read_text(encoding="utf-8")
        (copy / f"{name}.csv").write_bytes(change(text))
    code, said = connect("demo", copy)
    assert code == 1
    assert "extract_formats: {" not in said
    assert "demo.quotas: column_is_in_the_header: " in said and "separated by semicolons" in said
    assert "demo.owners: file_is_utf8: " in said


def test_utf_16_is_seen(tmp_path):
    text = "opportunity_id,account,close_value,engage_date\n1,Société,12000,2025-01-31\n"
    (tmp_path / "sales_pipeline.csv").write_text(text, encoding="utf-16")
    _, said = connect("maven", tmp_path)
    assert "extract_formats: {maven: {encoding: 'utf-16'}}" in said
    assert "sales_pipeline.csv (4 columns)" in said


def test_a_place_is_written_as_yaml_reads_it(copy):
    place = copy.rename(copy.parent / "it's: ours #1")
    _, said = connect("demo", place)
    [line] = [line for line in said.splitlines() if line.startswith("  extracts_dir: ")]
    assert yaml.safe_load(line) == {"extracts_dir": {"demo": str(place)}}


def test_a_database_that_cannot_be_opened_is_told_once(tmp_path):
    """By both: the gate says it of the connector, and not of each of its tables."""
    file = tmp_path / "crm.duckdb"
    file.write_text("no database")
    assert connect("hubspot", file) == (1, f"{file} is no readable DuckDB file.\n")
    assert connect("hubspot", tmp_path)[1].endswith(f"name the file: DIR={file}\n")
    [found] = [finding for finding in findings_of(declared("hubspot", file, {})) if finding.message]
    assert found.message == f"hubspot: folder_is_found: {file} is no readable DuckDB file"


def test_a_database_that_is_open_elsewhere_is_told_so(tmp_path):
    file = tmp_path / "crm.duckdb"
    command = f"import duckdb; con = duckdb.connect({str(file)!r}); print('open'); input()"
    with subprocess.Popen(
        [sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        code, said = connect("hubspot", file)
        other.communicate("\n")
    assert code == 1 and "is open in another program" in said


def test_stages_that_no_export_has_are_to_be_typed(tmp_path):
    hubspot.write(tmp_path, "csv")
    code, said = connect("hubspot", tmp_path)
    assert code == 1
    assert "the build stops without pipelines: type the stages of the deals into" in said
    assert "_dlt" not in said


def test_a_file_that_lies_there_under_another_name_is_named(tmp_path):
    hubspot.write(tmp_path, "csv")
    (tmp_path / "deals.csv").rename(tmp_path / "hubspot-all-deals-2025-12-31.csv")
    _, said = connect("hubspot", tmp_path)
    assert "; there is hubspot-all-deals-2025-12-31.csv: rename it; restore it, or" in said


def test_how_a_french_spreadsheet_writes_is_seen(copy):
    for path in copy.glob("*.csv"):
        path.unlink()
    (copy / "sales_pipeline.csv").write_bytes(
        "opportunity_id;account;close_value;engage_date\n1;Société;12 000,50;31/01/2025\n".encode(
            "cp1252"
        )
    )
    _, said = connect("maven", copy)
    assert (
        "extract_formats: {maven: {encoding: 'windows-1252', delimiter: ';', decimal_mark: ',', "
        "date_format: 'DD/MM/YYYY'}}"
    ) in said


def test_days_that_can_be_read_in_two_ways_are_left_to_the_user(copy):
    (copy / "plans.csv").write_text("plan_id,started\na,01/02/2025\n", encoding="utf-8")
    _, said = connect("demo", copy)
    assert "DD/MM/YYYY or MM/DD/YYYY: the files do not tell" in said


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["1,234.50", "9280.0", "12.500,00 €"], {}),
        (["1 234,50", "9280,0", "12.50"], {"decimal_mark": ","}),
        (["$1,234.50", "(12.00)", "10,5"], {}),
        (["2025-01-31", "03/28/2024"], {"date_format": "MM/DD/YYYY"}),
        (
            ["03/28/2024", "04/28/2024", "28/03/2024"],
            {"date_format": "MM/DD/YYYY, and the other order in some rows"},
        ),
        (
            ["28/03/2024", "28/04/2024", "03/28/2024"],
            {"date_format": "DD/MM/YYYY, and the other order in some rows"},
        ),
    ],
)
def test_one_cell_that_somebody_typed_makes_no_format(cells, written):
    """With a decimal comma, 12.500 would be twelve thousand."""
    assert writing_of_cells(cells) == written


def test_reports_are_told_by_what_they_hold(tmp_path):
    spend.write(tmp_path / "ads")
    (tmp_path / "ads" / "plan.csv").unlink()
    code, said = connect("spend", tmp_path / "ads")
    assert code == 0
    assert "Campaign report US.csv: google_ads, 48 rows" in said
    assert "campaign_performance.csv: linkedin_ads, 36 rows" in said
    assert "extract_formats" not in said
    assert connect("", tmp_path / "ads") == (code, said)


def test_a_report_that_no_platform_wrote_is_refused(tmp_path):
    spend.write(tmp_path)
    code, said = connect("spend", tmp_path)
    assert code == 1
    assert "REFUSED: plan.csv is no report that spend knows: as meta_ads it lacks" in said
    for path in tmp_path.glob("[!p]*.csv"):
        path.unlink()
    code, said = connect("spend", tmp_path)
    assert code == 1
    assert "has nothing that spend reads" in said
    assert "plan.csv is no report that spend knows" in said


def test_a_platform_that_writes_days_otherwise_is_named(tmp_path):
    (tmp_path / "ads.csv").write_text(
        "Campaign report\nDay;Campaign;Cost\n31/01/2025;Brand;1234,50\n", encoding="utf-8"
    )
    _, said = connect("spend", tmp_path)
    assert "spend_platforms.csv has date_format '', the file 'DD/MM/YYYY'" in said
    assert "spend_platforms.csv has decimal_mark '.', the file ','" in said


@pytest.mark.parametrize(
    ("shape", "source", "setting"),
    [
        (quickbooks, "quickbooks", "extract_formats: {quickbooks: {date_format: 'MM/DD/YYYY'}}"),
        (xero, "xero", "connectors: [xero]"),
    ],
)
def test_ledgers_are_found_with_their_days(tmp_path, shape, source, setting):
    shape.write(tmp_path)
    code, said = connect(source, tmp_path)
    assert code == 0
    assert setting in said
    assert connect("", tmp_path) == (code, said)


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("acme", DEMO, "There is no connector acme.\nmake connect SOURCE=<"),
        ("hubspott", DEMO, "There is no connector hubspott; did you mean hubspot?"),
        (
            "demo",
            DEMO / "deals.csv",
            f"DIR is the folder that it lies in, here {DEMO}",
        ),
        ("demo", "/no/such/folder", "There is no folder or file /no/such/folder."),
        ("maven", DEMO, "has nothing that maven reads"),
        ("maven", DEMO, "The folder has: activities.csv, "),
    ],
)
def test_a_wrong_question_is_answered_in_a_line(source, place, message):
    code, said = connect(source, place)
    assert code == 1
    assert message in said


def test_the_schema_of_a_loader_is_named_where_it_leaves_two(tmp_path):
    """As dlt does: the second one is named like the first, and has the same tables."""
    file = tmp_path / "loaded.duckdb"
    with duckdb.connect(str(file)) as con:
        for schema in ("crm_data_staging", "crm_data"):
            con.execute(f"create schema {schema}")
            for name, columns in {
                "sales_pipeline": "1 as opportunity_id", "accounts": "1 as account",
            }.items():  # fmt: skip
                con.execute(f"create table {schema}.{name} as select {columns}")
    code, said = connect("maven", file)
    assert code == 1
    assert "  extract_schemas: {maven: crm_data}" in said
    assert "sales_pipeline (1 columns, 1 rows)" in said


def test_pay_may_stand_in_the_ledger(tmp_path, monkeypatch, capsys):
    """Without a payroll, operating expenses are known if the ledger's salaries count themselves."""
    spec = importlib.util.spec_from_file_location("connect", ROOT / "scripts" / "connect.py")
    script = importlib.util.module_from_spec(spec)
    sys.modules["connect"] = script
    spec.loader.exec_module(script)
    fec.write(tmp_path)

    def said():
        assert script.main(["fec", str(tmp_path)]) == 0
        return capsys.readouterr().out

    detailed = said()
    assert "null without payroll: " in detailed and "payroll may stand in the ledger" in detailed
    monkeypatch.setattr(script, "pay_is_detailed", lambda: False)
    counted = said()
    assert "null without payroll: " not in counted and "may stand" not in counted
    assert "deals, owners, payroll, pipelines: rep_yield" in counted
