"""`make connect`: what is there, what it will give, what to set; nothing that no file says."""

import importlib.util
import shutil
import subprocess
import sys

import duckdb
import pytest
from conftest import ROOT

from generator.shapes import fec, quickbooks, spend, xero

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
    assert "KPIs with figures: 71 of 71" in said
    assert said.rstrip().endswith("then: make build")


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
        ("acme", DEMO, "make connect SOURCE=<"),
        ("demo", "/no/such/folder", "There is no folder or file /no/such/folder."),
        ("maven", DEMO, "has nothing that maven reads"),
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
