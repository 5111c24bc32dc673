"""The demo company's ledger as Xero exports it: the report Account Transactions, as CSV, by year.

Accounts are headings with their code in a column; accounts are numbered by department, as in the
shape `fec`. The report says what an account is, so that a bank and sales are told apart.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from generator.shapes import ledger
from generator.shapes.ledger import Expense, account_of, expenses, table

SHAPES = ("account_transactions",)
HEADER = (
    "Date", "Source", "Contact", "Description", "Reference", "Debit", "Credit", "Running Balance",
    "Gross", "Tax", "Account Code", "Account Type",
)  # fmt: skip
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def seeds(cost_accounts: str) -> dict[str, str]:
    """Return the text of the seeds that explain the accounts, made of that of `cost_accounts`."""
    return ledger.seeds(cost_accounts, "xero")


def xero_day(day: str) -> str:
    """Return 2025-01-31 as 31 Jan 2025."""
    found = date.fromisoformat(day)
    return f"{found.day:02} {MONTHS[found.month * 3 - 3 : found.month * 3]} {found.year}"


def cents(amount: Decimal) -> str:
    """Return an amount as the report has it."""
    return f"{amount:,.2f}"


def line(first: str, *cells: str) -> tuple[str, ...]:
    """Return a row that begins with some cells, and whose others are empty."""
    return (first, *cells, *[""] * (len(HEADER) - 1 - len(cells)))


def report(year: str, booked: list[tuple[int, Expense]]) -> str:
    """Return the report of one year."""
    nothing = cents(Decimal(0))
    rows = [
        line("Account Transactions"),
        line("Lumevo SAS"),
        line(f"For the period 1 January {year} to 31 December {year}"),
        line(""),
        HEADER,
        line("Business Bank Account"),
        line("Opening Balance", *[""] * 4, nothing, nothing, "250,000.00"),
        (f"31 Jan {year}", "Receivable Payment", "Client", "", "", "1,000.00", nothing,
         "251,000.00", "1,000.00", nothing, "090", "Bank"),
        line("Total Business Bank Account", *[""] * 4, "1,000.00", nothing, "251,000.00"),
        line("Closing Balance", *[""] * 4, nothing, nothing, "251,000.00"),
        line(""),
        line("Sales"),
        (f"31 Jan {year}", "Receivable Invoice", "Client", "", "", nothing, "1,000.00",
         "(1,000.00)", "(1,000.00)", nothing, "200", "Revenue"),
        line("Total Sales", *[""] * 4, nothing, "1,000.00", "(1,000.00)"),
    ]  # fmt: skip

    def account(numbered: tuple[int, Expense]) -> str:
        return account_of(numbered[1].account, numbered[1].department)

    for code, lines in groupby(sorted(booked, key=account), key=account):
        found = list(lines)
        name = found[0][1].name
        rows += [line(""), line(name)]
        balance = Decimal(0)
        for number, one in found:
            balance += one.amount
            debit, credit = max(one.amount, Decimal(0)), max(-one.amount, Decimal(0))
            rows.append(
                (xero_day(one.day), "Payable Invoice" if one.supplier else "Manual Journal",
                 one.supplier, one.name, f"B-{number}", cents(debit), cents(credit),
                 cents(balance), cents(one.amount), nothing, code, "Expense")
            )  # fmt: skip
        rows.append(line(f"Total {name}", *[""] * 4, cents(balance), nothing, cents(balance)))
    rows.append(line("Total", *[""] * 4, nothing, nothing, nothing))
    return table(rows)


def write(folder: Path, shape: str = "account_transactions") -> None:
    """Write one report for each year."""
    if shape not in SHAPES:
        raise ValueError(f"there is no shape {shape}")
    folder.mkdir(parents=True, exist_ok=True)
    numbered = list(enumerate(expenses(), start=1))
    for year, booked in groupby(numbered, key=lambda one: one[1].day[:4]):
        text = report(year, list(booked))
        (folder / f"Account Transactions {year}.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
