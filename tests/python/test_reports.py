"""The connectors of exported reports: `spend`, `quickbooks` and `xero`.

The demo's media and expenses come from them row by row. Beside the exports that the generator
writes lie files with what happens in real ones. The CRM is the demo's list of campaigns.
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, dbt
from small_projects import write_small_project

from expectations.causes import explain
from expectations.declared import Extract, Format, ReportKind, ReportShape
from expectations.report_files import scan_reports
from expectations.reports import Outline, read_reports
from expectations.rules import Rule
from expectations.runner import Finding
from generator.shapes import quickbooks, spend, xero
from generator.shapes.company import company
from generator.shapes.ledger import account_of, expenses

CRM_SOURCES = """
version: 2
sources:
  - name: crm
    schema: raw
    tables:
      - name: campaigns
        columns: [{name: campaign_id}, {name: campaign_name}]
"""
CRM_CAMPAIGNS = "select campaign_id, campaign_name from {{ extract('crm', 'campaigns') }}"
# Two campaigns of the CRM have one name: nobody knows which of them the platform means.
TWINS = "X1,Twin\nX2,Twin\nX3,X4\nX4,Not by this name\n"
GOOGLE = """\
Campaign report,,,,,
"December 1, 2025 - December 31, 2025",,,,,
Campaign,Day,Campaign ID,Currency code,Impr.,Cost
Awkward,2025-12-02,901,EUR,10,"1,234.50"
Awkward,2025-12-02,901,EUR,10,0.50
Awkward,2025-12-03,901,EUR,0, --
Awkward,2025-12-04,901,EUR,0,0.00
Awkward,2025-12-05,901,EUR,3,-35.20
Awkward,2025-12-05,901,USD,3,10.00
Awkward,2025-12-06,901,EUR,3,twelve12
Awkward,2025-12-07,901,EUR,3,twelve
Awkward,2025-12-07,901,EUR,3,$3.00
Awkward,2025-12-42,901,EUR,3,7.00
 awkward twin,2025-12-02,902,EUR,3,1.00
Twin,2025-12-02,903,EUR,3,2.00
x4,2025-12-02,904,EUR,3,3.00
RETARGETING,2025-12-02,905,EUR,3,4.00
Was renamed,2025-12-02,906,EUR,3,5.00
Has been renamed,2025-12-03,906,EUR,3,5.00
Before,2025-12-08,907,EUR,3,8.00
After,2025-12-09,907,EUR,3,9.00
,2025-12-02,,EUR,3,6.00
Total: Campaigns, --, --,EUR,41,"1,239.80"
"""
META = """\
"Jour","Nom de la campagne","Montant dépensé (usd)"
"","",12.5
2025-12-02,"Campagne d'hiver",12.5
2025-12-03,"Campagne d'hiver",
"""
AWKWARD = [
    ("2025-12-02", None, "PAID_SEARCH", "6.00", "EUR"),
    ("2025-12-02", "Awkward", "PAID_SEARCH", "1235.00", "EUR"),
    ("2025-12-02", "C05", "PAID_SEARCH", "4.00", "EUR"),
    ("2025-12-02", "C06", "PAID_SEARCH", "1.00", "EUR"),
    ("2025-12-02", "Campagne d'hiver", "PAID_SOCIAL", "12.50", "USD"),
    ("2025-12-02", "Has been renamed", "PAID_SEARCH", "5.00", "EUR"),
    ("2025-12-02", "Twin", "PAID_SEARCH", "2.00", "EUR"),
    ("2025-12-02", "X4", "PAID_SEARCH", "3.00", "EUR"),
    ("2025-12-03", "Has been renamed", "PAID_SEARCH", "5.00", "EUR"),
    ("2025-12-04", "Awkward", "PAID_SEARCH", "0.00", "EUR"),
    ("2025-12-05", "Awkward", "PAID_SEARCH", "-35.20", "EUR"),
    ("2025-12-05", "Awkward", "PAID_SEARCH", "10.00", "USD"),
    ("2025-12-06", "Awkward", "PAID_SEARCH", "twelve12", "EUR"),
    ("2025-12-07", "Awkward", "PAID_SEARCH", "$3.00", "EUR"),
    ("2025-12-07", "Awkward", "PAID_SEARCH", "twelve", "EUR"),
    ("2025-12-08", "C07", "PAID_SEARCH", "8.00", "EUR"),
    ("2025-12-09", "C07", "PAID_SEARCH", "9.00", "EUR"),
    ("2025-12-42", "Awkward", "PAID_SEARCH", "7.00", "EUR"),
]


# An account that holds another one of a name that a third one has too; lines of its own; a line
# after a total; credits; a day and an amount that nobody can read; an account that
# nobody has mapped; the same line twice; an amount of income, which is a credit.
QUICKBOOKS = """\
General Ledger,,,,,,,
,Date,Transaction Type,Num,Name,Memo,Amount,Balance
1010 Petty Cash,,,,,,,
,Beginning Balance,,,,,,100.00
,12/01/2025,Expense,1,,,-20.00,80.00
Total for 1010 Petty Cash,,,,,,-20.00,
Grants,,,,,,,
,12/01/2025,Expense,2,Own Line,,20.00,20.00
Drive,,,,,,,
,12/02/2025,Expense,3,Inner Line,,"CHF(1,234.50)",
,12/02/2025,Expense,3,Inner Line,,"CHF(1,234.50)",
Total for Drive,,,,,,"(2,469.00)",
Total for Grants with sub-accounts,,,,,,,
,,,,,,,
Drive,,,,,,,
,12/03/2025,Expense,4,Outer Line,,12.00,12.00
,13/31/2025,Expense,5,No Day,,1.00,
,,Expense,6,Empty Day,,1.00,
,12/04/2025,Expense,7,No Amount,,a lot,
Total for Drive,,,,,,14.00,
,12/05/2025,Expense,8,Of No Account,,5.00,
TOTAL,,,,,,,
"Wednesday, January 7, 2026 09:00 AM GMT-8 - Cash Basis"
"""
FROM_QUICKBOOKS = [
    (None, "Drive", "Empty Day", "1.00"),
    ("13/31/2025", "Drive", "No Day", "1.00"),
    ("2025-12-01", "Grants", "Own Line", "20.00"),
    ("2025-12-02", "Grants:Drive", "Inner Line", "-1234.50"),
    ("2025-12-02", "Grants:Drive", "Inner Line", "-1234.50"),
    ("2025-12-03", "Drive", "Outer Line", "12.00"),
    ("2025-12-04", "Drive", "No Amount", "a lot"),
    ("2025-12-05", None, "Of No Account", "5.00"),
]
# Each line names its account here, and the report has two amounts in place of one.
BY_LINE = """\
Transaction Detail by Account
Transaction date,Transaction type,Num,Vendor,Description,Distribution account,\
Distribution account type,Debit,Credit
12/06/2025,Bill,9,By Line,,Ads:Posters,Expenses,"1,000.00",
12/06/2025,Bill,9,By Line,,Ads:Posters,Expenses,,250.00
12/06/2025,Bill,9,By Line,,Savings,Bank,,750.00
12/06/2025,Deposit,10,Of Income,,771000 Refund,Other Income,,30.00
"""
BY_TYPE = """\
General Ledger
,Date,Transaction Type,Name,Account type,Amount
771000 Refunds,,,,,
,12/06/2025,Deposit,Of Type,Other Income,30.00
,12/06/2025,Deposit,Of Type,Other Income,-5.00
4000 Sales,,,,,
,12/06/2025,Deposit,Of Sales,Income,99.00
"""
FROM_LINES = [
    ("2025-12-06", "771000", "Of Type", "-30.00"),
    ("2025-12-06", "771000", "Of Type", "5.00"),
    ("2025-12-06", "771000", "Of Income", "-30.00"),
    ("2025-12-06", "Ads:Posters", "By Line", "-250.00"),
    ("2025-12-06", "Ads:Posters", "By Line", "1000.00"),
]
XERO = """\
General Ledger Detail,,,,,
Acme Ltd,,,,,
For the period 1 December 2025 to 31 December 2025,,,,,
,,,,,
Date,Source,Description,Reference,Debit,Credit
429 - General Expenses,,,,,
Opening Balance,,,,,
2 Dec 2025,Payable Invoice,Two lines,1,"1,234.50",
31 Dec 2025,Manual Journal,Correction,2,-10.00,4.50
Total 429 - General Expenses,,,,"1,224.50",4.50
Net movement,,,,"1,220.00",
,,,,,
Payroll,,,,,
31 Dec 2025,Manual Journal,No amount,3,,
Total Payroll,,,,0.00,0.00
"""
FROM_XERO = [
    ("2025-12-02", "429", "429 - General Expenses", "1234.50"),
    ("2025-12-31", "429", "429 - General Expenses", "-14.50"),
    ("2025-12-31", "Payroll", "Payroll", None),
]


def seed(name):
    return (ROOT / "seeds" / "reference" / f"{name}.csv").read_text(encoding="utf-8")


def seeds():
    """Return the seeds of all three connectors."""
    written = spend.seeds(seed("spend_columns"), seed("spend_platforms"))
    written["campaign_links"] += "google_ads,Awkward twin,C06\ngoogle_ads,after,C07\n"
    written |= quickbooks.seeds()
    written["ledger_other_accounts"] += "quickbooks,1010\n"
    by_department = xero.seeds(seed("cost_accounts"))
    _, _, accounts = by_department["cost_accounts"].partition("\n")
    written["cost_accounts"] = "\n".join(
        dict.fromkeys((seed("cost_accounts") + accounts).splitlines())
    )
    return written | {"ledger_departments": by_department["ledger_departments"]}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A connection to a build of the exports, and of the awkward ones beside them."""
    folder = tmp_path_factory.mktemp("reports")
    for shape in (spend, quickbooks, xero):
        shape.write(folder / shape.__name__.split(".")[-1])
    for path, text in {
        "spend/awkward.csv": GOOGLE,
        "spend/meta_fr.CSV": META,
        "quickbooks/awkward.csv": QUICKBOOKS,
        "quickbooks/by line.csv": BY_LINE,
        "quickbooks/by type.csv": BY_TYPE,
        "xero/awkward.csv": XERO,
        "crm/campaigns.csv": "campaign_id,campaign_name\n"
        + "".join(
            f'{row["campaign_id"]},"{row["campaign_name"]}"\n' for row in company()["campaigns"]
        )
        + TWINS,
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    names = ("crm", "spend", "quickbooks", "xero")
    project = write_small_project(
        folder / "project",
        models=[
            *(f"connectors/{name}" for name in names[1:]),
            *(
                f"inputs/input_{table}.{kind}"
                for table in ("campaign_spend", "expense_ledger")
                for kind in ("sql", "yml")
            ),
        ],
        seeds=seeds(),
        variables={
            "connectors": list(names),
            "connector_tables": {
                "crm": ["campaigns"],
                "spend": ["campaign_spend"],
                "quickbooks": ["expense_ledger"],
                "xero": ["expense_ledger"],
            },
            "extracts_dir": {name: str(folder / name) for name in names},
            "extract_formats": {
                "spend": {"encoding": "windows-1252"},
                "quickbooks": {"date_format": "MM/DD/YYYY", "currency": "CHF"},
            },
            "id_sources": {"spend": "crm"},
        },
        written={
            "models/connectors/crm/crm__sources.yml": CRM_SOURCES,
            "models/connectors/crm/crm__campaigns.sql": CRM_CAMPAIGNS,
        },
        has_gate=True,
    )
    run = dbt(folder, ["build"], project=project)
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        yield con


# -- spend -----------------------------------------------------------------------------------------


def rows_of(reports):
    found = reports.execute(
        "select spent_on, campaign_id, source, spend_amount, currency "
        "from inputs.input_campaign_spend"
    ).fetchall()
    assert all(campaign is None or campaign.startswith("crm:") for _, campaign, *_ in found)
    return sorted(
        ((day, campaign and campaign[4:], *rest) for day, campaign, *rest in found),
        key=lambda row: [cell or "" for cell in row],
    )


def test_the_exports_hold_the_spend_of_the_demo_row_by_row(reports):
    expected = [
        (
            row["spend_date"],
            row["campaign_id"],
            row["channel_source"],
            str(Decimal(row["amount"])),
            row["currency"],
        )
        for row in company()["campaign_spend"]
    ]
    assert len(expected) > 600
    found = rows_of(reports)
    for row in AWKWARD:
        found.remove(row)
    assert found == sorted(expected, key=lambda row: [cell or "" for cell in row])


def test_what_real_exports_have_besides(reports):
    of_demo = {
        (row["spend_date"], row["campaign_id"], row["channel_source"])
        for row in company()["campaign_spend"]
    }
    assert [row for row in rows_of(reports) if row[:3] not in of_demo] == AWKWARD


# -- ledgers ---------------------------------------------------------------------------------------


def entries_of(reports, source):
    """Return day, account, department, name or supplier, and amount of the entries of a source."""
    found = reports.execute(
        "select booked_on, account_code, department, supplier, account_name, entry_amount, "
        f"currency from inputs.input_expense_ledger where source_system = '{source}'"
    ).fetchall()
    assert {row[-1] for row in found} == {"CHF" if source == "quickbooks" else "EUR"}
    return sorted((row[:-1] for row in found), key=lambda row: [cell or "" for cell in row])


def expected_entries(code):
    """Return the demo's entries by day, account, department, supplier and amount in euros."""
    return sorted(
        (one.day, code(one), one.department, one.supplier, f"{one.amount:.2f}")
        for one in expenses()
    )


def without(found, awkward):
    for row in awkward:
        found.remove(row)
    return found


def test_quickbooks_holds_the_expenses_of_the_demo_row_by_row(reports):
    found = [
        (day, account, department or "", supplier or "", amount)
        for day, account, department, supplier, _, amount in entries_of(reports, "quickbooks")
    ]
    awkward = [
        (day, account, "", supplier, amount)
        for day, account, supplier, amount in FROM_QUICKBOOKS + FROM_LINES
    ]
    assert without(found, awkward) == expected_entries(lambda one: one.account)


def test_xero_holds_the_expenses_of_the_demo_row_by_row(reports):
    """A department of an account is what the seed says; the report does not know it."""
    found = [
        (day, account, department or "", supplier or "", amount)
        for day, account, department, supplier, _, amount in entries_of(reports, "xero")
        if account not in ("429", "Payroll")
    ]
    expected = expected_entries(lambda one: account_of(one.account, one.department))
    assert len(expected) > 1000
    assert found == expected


def test_the_demos_own_ledger_is_among_them(reports):
    """By day, account, department, supplier and euros, as `seeds/reference` converts them."""
    [rates] = [dict(line.split(",") for line in seed("currency_rates").splitlines())]
    own = sorted(
        (
            row["booked_on"],
            row["account_code"],
            row["department"] or "",
            row["supplier"] or "",
            round(Decimal(row["amount"]) * Decimal(rates[row["currency"]]), 2),
        )
        for row in company()["expense_ledger"]
    )
    assert len(own) > 1000
    found = [
        (day, account, department or "", supplier or "", Decimal(amount))
        for day, account, department, supplier, _, amount in entries_of(reports, "quickbooks")
        if (day, account, supplier, amount) not in FROM_QUICKBOOKS + FROM_LINES
        and account != "641100"
    ]
    assert sorted(found) == own


def test_accounts_are_headings_that_may_hold_others(reports):
    found = [
        (day, account, supplier, amount)
        for day, account, _, supplier, _, amount in entries_of(reports, "quickbooks")
    ]
    assert [row for row in found if row in FROM_QUICKBOOKS] == FROM_QUICKBOOKS


def test_a_line_may_name_its_account_itself(reports):
    found = [
        (day, account, supplier, amount)
        for day, account, _, supplier, _, amount in entries_of(reports, "quickbooks")
        if day == "2025-12-06"
    ]
    assert sorted(row for row in found if row[2][:3] in ("By ", "Of ")) == sorted(FROM_LINES)


@pytest.mark.parametrize(
    ("source", "hint"),
    [("xero", ", or to ledger_other_accounts.csv if it is no expense"), ("fec", "")],
)
def test_an_account_that_is_not_listed_may_be_no_expense(source, hint):
    rule = Rule("is_known_in_cost_accounts", "critical", "account_code", None)
    found = Finding("expense_ledger", rule, 1, row_ids=[1], sources=[source], keys=["A"])
    explain([found])
    assert found.hint == f"; add it to seeds/reference/cost_accounts.csv{hint}"


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        # A parent with lines of its own, whose child has the name of another account.
        ("A\n1\nTotal for A*\nB\n2\nTotal for B*\nTotal for A with subs*\nB\n3", "A A:B B"),
        # Totals without amounts are no headings; an account may begin with the word.
        ("A\n1\nTotal for A\nTotal Rewards\n2\nTotal for Total Rewards\n3", "A Total_Rewards -"),
        ("A\nB\nC\n1\nTotal C*\nTotal B and more*\nD\n2\nTotal A and more*", "A:B:C A:D"),
        # The name of one account is part of another one's.
        ("Ad\n1\nTotal Ad*\nAd Words\n2\nTotal Ad Words*", "Ad Ad_Words"),
        ("1", "-"),
    ],
)
def test_the_outline_of_a_report(body, paths):
    outline, entries = Outline(), []
    for number, line in enumerate(body.split("\n"), start=1):
        if line.isdigit():
            entries.append(number)
        else:
            outline.add(number, [line.rstrip("*"), "", "5.00" if line.endswith("*") else ""], 1)
    assert " ".join(outline.path(n).replace(" ", "_") or "-" for n in entries) == paths


def test_a_heading_may_be_indented(tmp_path):
    (tmp_path / "a.csv").write_text("Acme\n,,Day,Cost\nA,,,\n,B,,\n,,2025-01-01,1\n,Total B,,1\n")
    [report] = read_reports(extract_of(tmp_path), [tmp_path / "a.csv"])
    assert [row["report_headings"] for row in report.rows] == ["B"]


def test_xero_has_codes_in_headings_and_negative_debits(reports):
    found = [
        (day, account, name, amount)
        for day, account, _, _, name, amount in entries_of(reports, "xero")
        if account in ("429", "Payroll")
    ]
    assert found == FROM_XERO


def test_every_line_has_an_id_of_its_own(reports):
    [[rows, ids]] = reports.execute(
        "select count(*), count(distinct source_system || entry_id) "
        "from inputs.input_expense_ledger"
    ).fetchall()
    assert rows == ids > 2000


# -- files that are none of the known reports ------------------------------------------------------


def extract_of(folder: Path) -> Extract:
    shapes = (
        ReportShape("ads", {"day": ("Day",), "name": ("Campaign",), "id": ("Id",),
                            "cost": ("Cost",)}, frozenset({"day", "cost"})),
        ReportShape("social", {"day": ("Date",), "cost": ("Spent ({currency})",)},
                    frozenset({"day", "cost"})),
    )  # fmt: skip
    kind = ReportKind("day", same_columns=("day", "id|name"), shapes=shapes)
    return Extract("acme", "spend", [f"{folder}/*.csv"], format=Format(), report=kind)


def faults(folder, **files):
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(
            content.encode() if isinstance(content, str) else content
        )
    return {rule: found for rule, found in scan_reports(extract_of(folder)).report_faults.items()
            if found}  # fmt: skip


def test_spend_without_a_day_is_an_entry_and_a_total_is_none(tmp_path):
    """It was paid: the gate names its line, and it is not taken for a total."""
    (tmp_path / "ads.csv").write_text(
        "Day,Campaign,Cost\n2025-01-01,Brand,1\n,Brand,2\n,Total: Campaigns,3\n,,3\n"
        "Total,,3\n,Results from 1 campaign,3\n, Gesamt,3\n,Paused,--\n",
        encoding="utf-8",
    )
    [report] = read_reports(extract_of(tmp_path), [tmp_path / "ads.csv"])
    assert [(row["report_line"], row["cost"]) for row in report.rows] == [("2", "1"), ("3", "2")]


def test_a_file_that_no_platform_wrote_is_named_with_what_it_lacks(tmp_path):
    found = faults(tmp_path, good="Day,Cost\n2025-01-01,1\n", other="Titles\nDay,Spend\n1,2\n")
    assert found == {
        "report_is_known": [
            "other.csv is no report that acme knows: as ads it lacks cost (Cost)"
        ]
    }  # fmt: skip


def test_a_header_that_is_nowhere_is_said(tmp_path):
    [[said]] = faults(tmp_path, other="a,b\n1,2\n").values()
    assert (
        said == "other.csv is no report that acme knows: no line of it is the header of ads, social"
    )


def test_exports_of_the_same_days_are_refused(tmp_path):
    found = faults(
        tmp_path,
        a="Day,Campaign,Cost\n2025-01-01,Brand,1\n2025-01-02,Brand,1\n",
        b="Day,Campaign,Cost\n2025-01-02,Brand,3\n2025-01-03,Brand,1\n",
    )
    [said] = found["entry_is_in_one_report"]
    assert said.startswith("a.csv and b.csv both have 2025-01-02 Brand")


@pytest.mark.parametrize(
    ("header", "first", "second", "is_same"),
    [
        ("Campaign,Id", "Brand,1", "Brand,2", False),  # two campaigns of one name
        ("Campaign,Id", "Brand,1", "Renamed,1", True),
        ("Campaign,Id", "Brand,1", "Brand,", True),
        ("Campaign,Id", "Brand,1", "Other,", False),
    ],
)
def test_a_campaign_is_the_same_by_its_id_or_else_by_its_name(
    tmp_path, header, first, second, is_same
):
    found = faults(
        tmp_path,
        a=f"Day,{header},Cost\n2025-01-01,{first},1\n",
        b=f"Day,{header},Cost\n2025-01-01,{second},1\n",
    )
    assert ("entry_is_in_one_report" in found) is is_same


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04....", "bad.csv is an Excel workbook or a zip archive; save it as CSV"),
        (b"", "bad.csv is empty"),
        (
            b"Day,Cost\n2025-01-01,\xe9\n",
            "bad.csv has text in another encoding than UTF-8 in line 2",
        ),
        (b'Day,Cost\n2025-01-01,"1\n', "has a quote that is opened and not closed"),
        (b"Day,Cost\n2025-01-01,1,2\n", "bad.csv has more values than the header in line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, words):
    [said] = faults(tmp_path, bad=content)["report_is_readable"]
    assert words in said


def test_the_seed_of_headers_is_that_of_the_connector():
    text = (ROOT / "models/connectors/spend/spend__sources.yml").read_text()
    macros = (ROOT / "macros/extracts.sql").read_text()
    assert "headers: spend_columns" in text
    assert "{'spend': 'spend_columns'}" in macros
