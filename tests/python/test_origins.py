"""Findings name the column and the line of the vendor's file in which a cell stands."""

import re

import duckdb
import pandas as pd
import pytest
import yaml
from conftest import ROOT

from expectations import gate, origins
from expectations.rules import Calendar, Order, Reference, Suite, day, filled, number
from expectations.runner import Finding

CALENDAR = Calendar("1990-01-01", "2060-01-01", "Europe/Paris")
SETTINGS = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]["connector_tables"]

# -- which columns of the vendor -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connector", "column", "expected"),
    [
        ("salesforce", "deals.close_date", ["Opportunity.CloseDate"]),
        ("salesforce", "deals.deal_amount", ["Opportunity.Amount"]),
        ("salesforce", "deals.deal_type", ["Opportunity.Type"]),
        ("salesforce", "contacts.contact_id", ["Contact.Id", "Lead.Id"]),
        ("salesforce", "contact_companies.company_id", ["Contact.AccountId"]),
        ("pipedrive", "deals.deal_amount", ["deals.value", "deals_archived.value"]),
        ("pipedrive", "companies.company_id", ["organizations.id"]),
        ("pipedrive", "activities.occurred_at",
         ["activities.marked_as_done_time", "notes.add_time", "activities.due_date",
          "activities.due_time"]),
        ("stripe", "invoices.currency", ["invoice.currency", "credit_note.currency"]),
        ("stripe", "subscriptions.company_id", ["subscription.customer"]),
        ("spend", "campaign_spend.spent_on", ["spend.spent_on"]),
        ("quickbooks", "expense_ledger.booked_on", ["ledger.Date"]),
        ("xero", "expense_ledger.account_code",
         ["ledger.Account Code", "ledger.Account", "ledger.report_headings"]),
        ("fec", "expense_ledger.booked_on", ["fec.EcritureDate"]),
        ("hubspot", "deals.stage_id", ["deals.dealstage"]),
        # A connector that names the columns as they are.
        ("demo", "deals.deal_amount", ["deals.amount"]),
        ("maven", "deals.stage_id", ["sales_pipeline.deal_stage"]),
    ],
)  # fmt: skip
def test_the_text_of_a_connector_tells_where_a_column_came_from(connector, column, expected):
    table, _, name = column.partition(".")
    found = origins.sources_of(connector, table, name, origins.CONNECTORS)
    assert sorted(map(".".join, found)) == sorted(expected)


# Columns that a connector makes up, or that are made of too many to name one.
MADE_UP = {
    ("fec", "expense_ledger.entry_id"),
    ("quickbooks", "expense_ledger.entry_id"),
    ("xero", "expense_ledger.entry_id"),
    ("maven", "pipelines.pipeline_id"),
}


@pytest.mark.parametrize("connector", [name for name in SETTINGS if name != "demo"])
def test_every_key_of_a_connector_has_an_origin(connector):
    """Else a row without an id could not be found; a new way of writing a model may need it."""
    tables = {suite.table: suite.key[0] for suite in gate.all_suites(CALENDAR)}
    lacking = {
        (connector, f"{table}.{tables[table]}")
        for table in SETTINGS[connector]
        if not origins.sources_of(connector, table, tables[table], origins.CONNECTORS)
    }
    assert lacking == {made for made in MADE_UP if made[0] == connector}


# -- which lines -----------------------------------------------------------------------------------

MODEL = """
select
    {{ cell_text(field('Id')) }} as deal_id, -- as stage_id
    {{ money(field('Amount'), currency=cell_text(field('Currency'))) }} as deal_amount,
    {{ day_of(field('Opened')) }} as created_at,
    {{ day_of(field('Closed')) }} as close_date,
    {{ word('owner', {'A': 'B'}) }} as owner_id

from {{ extract('acme', 'Deal') }}
"""
# A note over two lines moves all that follow.
DEALS = """
"Id","Amount","Opened","Closed","Who","Note"
"1","10","2025-01-01","2025-02-01","o1","two
lines"
"","20","2025-01-01","2025-02-01","o1",""
"2","many","2025-01-01","2025-02-01","o1",""
"3","30","2025-03-01","2025-02-01","o1",""
"4","30","2025-01-01","2025-02-01","o9",""
"5","","2025-01-01","2025-02-30","o1",""
"""
SUITE = Suite(
    table="deals",
    key=("deal_id",),
    orders=(Order("close_date", "created_at", "warn"),),
    references=(Reference(("owner_id",), "owners", ("owner_id",), "warn"),),
    rules=(
        filled("deal_amount"),
        number("deal_amount"),
        day("close_date", CALENDAR),
        day("created_at", CALENDAR),
    ),
)


def found(rule, column, rows, key=("deal_id",)):
    """Return a finding on rows: pairs of key and value."""
    [rule] = [each for each in SUITE.all_rules() if (each.name, each.column) == (rule, column)]
    finding = Finding("deals", rule, row_count=6)
    finding.row_ids = list(range(len(rows)))
    finding.sources = ["acme"] * len(rows)
    finding.keys, finding.values = [key for key, _ in rows], [value for _, value in rows]
    finding.key_columns = key
    return finding


@pytest.fixture
def said(tmp_path):
    """Return a function that gives the message of a finding on the file."""
    models = tmp_path / "models" / "connectors" / "acme"
    models.mkdir(parents=True)
    text = MODEL.replace("word('owner'", "word(field('Who')")
    (models / "acme__deals.sql").write_text(text, encoding="utf-8")
    file = tmp_path / "Deal.csv"
    file.write_text(DEALS, encoding="utf-8")
    con = duckdb.connect()
    header = ["Id", "Amount", "Opened", "Closed", "Who", "Note"]
    headers = pd.DataFrame({"column_name": header})  # noqa: F841
    con.execute(
        f"""
        create schema quality;
        create table quality.extract_headers as
            select 'acme' as connector, 'Deal' as extract_name, '{file}' as path,
                row_number() over () as column_position, column_name from headers;
        create table quality.extracts as
            select 'acme' as connector, 'Deal' as extract_name, column_name, '' as other_names,
                ',' as delimiter, '"' as quote_mark from headers
        """
    )

    def ask(*finding):
        one = found(*finding)
        origins.add_origins(con, [one], models.parent)
        return one.message

    return ask


def test_a_row_without_an_id_is_found_by_its_line(said):
    assert said("key_is_not_null", "deal_id", [("", None)]) == (
        "deals.deal_id: key_is_not_null: 1 of 6 rows; Id in Deal.csv, line 5"
    )


def test_a_cell_is_found_by_the_column_of_the_file(said):
    assert said("is_a_number", "deal_amount", [("2", "many")]).endswith(
        "e.g. 2 ('many'); Amount in Deal.csv, line 6"
    )
    assert said("is_filled", "deal_amount", [("5", None)]).endswith(
        "e.g. 5; Amount in Deal.csv, line 9"
    )
    assert said("is_a_day_like_2024-01-31", "close_date", [("5", "2025-02-30")]).endswith(
        "; Closed in Deal.csv, line 9"
    )


def test_a_value_that_is_right_elsewhere_is_found_by_the_key(said):
    """Other deals were closed on that day as well, and are in order."""
    assert said("is_not_before_created_at", "close_date", [("3", "2025-02-01")]).endswith(
        "; Closed in Deal.csv, line 7"
    )


def test_an_unknown_id_is_found(said):
    assert said("is_known_in_owners", "owner_id", [("4", "o9")]).endswith(
        "; Who in Deal.csv, line 8"
    )


def test_rows_of_a_report_have_its_own_lines(tmp_path):
    """An entry has no id in the report; a heading counts where the line names no account."""
    path = tmp_path / "extracts" / "xero" / "ledger.parquet"
    path.parent.mkdir(parents=True)
    con = duckdb.connect()
    con.execute(
        f"""
        create schema quality;
        copy (from (values
            ('31/12/2025', '100', null, null, 'Rent', 'a.csv', '7'),
            ('1 Jan 2025', '200', null, '613200', 'Rent', 'a.csv', '8'),
            (null, null, null, '613200', 'Rent', 'b.csv', '3'),
            ('1 Jan 2025', null, '5', '613200', 'Rent', 'b.csv', '4')
        ) as t (Date, Debit, Credit, "Account Code", report_headings, report_file, report_line))
        to '{path}';
        create table quality.extract_headers as
            select 'xero' as connector, 'ledger' as extract_name, '{path}' as path,
                row_number() over () as column_position, column_name
            from (describe from '{path}');
        create table quality.extracts as
            select 'xero' as connector, 'ledger' as extract_name, column_name, '' as other_names,
                ',' as delimiter, '"' as quote_mark from quality.extract_headers
        """
    )
    [suite] = [suite for suite in gate.all_suites(CALENDAR) if suite.table == "expense_ledger"]
    lines = {}
    for rule, column, value in (
        ("is_a_day_like_2024-01-31", "booked_on", "31/12/2025"),
        ("is_filled", "booked_on", None),
        ("is_filled", "entry_amount", None),
        ("is_known_in_cost_accounts", "account_code", "Rent"),
    ):
        [broken] = [r for r in suite.all_rules() if (r.name, r.column) == (rule, column)]
        finding = Finding("expense_ledger", broken, row_count=3, key_columns=suite.key)
        finding.row_ids, finding.sources = [1], ["xero"]
        finding.keys, finding.values = ["a hash"], [value]
        origins.add_origins(con, [finding])
        lines[column, rule] = finding.origin["xero"].removeprefix("; ")
    assert lines == {
        ("booked_on", "is_a_day_like_2024-01-31"): "Date in a.csv, line 7",
        ("booked_on", "is_filled"): "Date in b.csv, line 3",
        ("entry_amount", "is_filled"): "Debit or Credit in b.csv, line 3",
        ("account_code", "is_known_in_cost_accounts"): "Account Code or heading in a.csv, line 7",
    }
    assert origins.files_of(con) == {"xero"}


def test_a_gate_without_files_says_what_it_said():
    finding = found("is_a_number", "deal_amount", [("2", "many")])
    message = finding.message
    origins.add_origins(duckdb.connect(), [finding])
    assert finding.message == message
    assert re.search(r"e\.g\. 2 \('many'\)$", message)
