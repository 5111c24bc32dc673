"""The connector for FEC files: expenses of French accounts, every line of them once.

The files are written here in both ways that the format allows, and as accounting software writes
them: tabs, windows-1252, decimal commas, days without dashes.
"""

import duckdb
import pytest
from conftest import dbt
from small_projects import write_small_project

HEADER = [
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
]  # fmt: skip
# Journal, entry, day, account, supplier, text, debit, credit.
LINES = [
    ("AC", "1", "20250131", "613200", "Société Foncière", "Loyer", "1 500,00", "0,00"),
    ("AC", "1", "20250131", "445660", "", "TVA", "300,00", "0,00"),
    ("AC", "1", "20250131", "401000", "Société Foncière", "Loyer", "0,00", "1800,00"),
    # A credit note, a second line that is equal to the first, and an account that nobody maps.
    ("AC", "2", "20250215", "623100", "Régie", "Avoir", "0,00", "120,50"),
    ("AC", "3", "20250228", "625100", "", "Taxi", "20,00", ""),
    ("AC", "3", "20250228", "625100", "", "Taxi", "20,00", ""),
    ("OD", "1", "20250301", "699999", "", "Divers", "7,10", "0,00"),
    # Of class 7, but the business counts it among its costs.
    ("OD", "2", "20250302", "771000", "", "Indemnité", "0,00", "50,00"),
    ("VE", "9", "20250303", "706000", "", "Vente", "0,00", "900,00"),
    ("OD", "3", "20250304", "613200", "", "Illisible", "douze", "0,00"),
]
EXPENSES = [
    ("2025-01-31", "613200", "1500.00", None),
    ("2025-02-15", "623100", "-120.50", "Marketing"),
    ("2025-02-28", "625100", "20.00", None),
    ("2025-02-28", "625100", "20.00", None),
    ("2025-03-01", "699999", "7.10", None),
    ("2025-03-02", "771000", "-50.00", None),
    ("2025-03-04", "613200", "douze", None),
]


def written(lines, has_sides):
    """Return the text of a FEC file; with sides it has Montant and Sens in place of two amounts."""
    header = list(HEADER)
    if has_sides:
        header[11:13] = ["Montant", "Sens"]
    rows = [header]
    for journal, entry, booked, account, supplier, text, debit, credit in lines:
        amounts = [debit, credit]
        if has_sides:
            is_debit = credit in ("", "0,00")
            amounts = [debit, "D"] if is_debit else [credit, "C"]
        rows.append(
            [journal, "", entry, booked, account, "", "", supplier, "", "", text, *amounts]
            + [""] * 5
        )
    return "\r\n".join("\t".join(row) for row in rows) + "\r\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_small_project(
        tmp_path_factory.mktemp("fec") / "project",
        models=[
            "connectors/fec",
            *(f"inputs/input_expense_ledger.{kind}" for kind in ("sql", "yml")),
        ],
        seeds={
            "cost_accounts": None,
            "ledger_departments": "source_system,account_code,department\nfec,623100,Marketing\n",
        },
        variables={
            "connectors": ["fec"],
            "extract_formats": {
                "fec": {"delimiter": "tab", "encoding": "windows-1252", "decimal_mark": ","}
            },
        },
        has_gate=True,
    )


@pytest.fixture(scope="module", params=["debit and credit", "amount and side"])
def entries(request, project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("entries")
    (folder / "extracts").mkdir()
    text = written(LINES, has_sides=request.param == "amount and side")
    (folder / "extracts" / "fec.csv").write_bytes(text.encode("cp1252"))
    run = dbt(folder, ["build"], project=project, extracts={"fec": folder / "extracts"})
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        yield con


def test_expenses_are_read_once_each(entries):
    rows = entries.execute(
        "select booked_on, account_code, entry_amount, department from inputs.input_expense_ledger "
        "order by booked_on, input_row_id"
    ).fetchall()
    assert rows == EXPENSES


def test_every_line_has_an_id_of_its_own(entries):
    [[rows, ids]] = entries.execute(
        "select count(*), count(distinct entry_id) from inputs.input_expense_ledger"
    ).fetchall()
    assert (rows, ids) == (len(EXPENSES), len(EXPENSES))


def test_text_is_that_of_the_file(entries):
    [[supplier]] = entries.execute(
        "select distinct supplier from inputs.input_expense_ledger where account_code = '613200' "
        "and supplier is not null"
    ).fetchall()
    assert supplier == "Société Foncière"
