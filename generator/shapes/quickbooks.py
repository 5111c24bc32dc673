"""The demo company's ledger as QuickBooks Online exports it: the report General Ledger, as CSV.

Accounts are headings, some held by another one; US days, brackets for amounts below 0, an opening
balance, totals, and the accounts that are no expenses, which `seeds` lists for the warehouse.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from pathlib import Path

from generator.shapes.ledger import expenses, table

SHAPES = ("general_ledger",)
FILE = "General Ledger.csv"
HEADER = (
    "", "Date", "Transaction Type", "Num", "Name", "Memo/Description", "Department", "Split",
    "Amount", "Balance",
)  # fmt: skip
HELD = {"625100": "6250 Travel and meals", "625700": "6250 Travel and meals"}
"""The account that holds others: it has a heading, and no entries of its own."""
OTHERS = ("1000 Checking", "4000 Sales")


def seeds() -> dict[str, str]:
    """Return the text of the seed that tells the accounts that are no expenses."""
    numbers = [f"quickbooks,{name.split()[0]}" for name in OTHERS]
    return {"ledger_other_accounts": "\n".join(["source_system,account_code", *numbers, ""])}


def written(amount: Decimal) -> str:
    """Return an amount as the report has it: 1,234.50, and (1,234.50) below 0."""
    return f"{amount:,.2f}" if amount >= 0 else f"({-amount:,.2f})"


def us_day(day: str) -> str:
    """Return 2025-01-31 as 01/31/2025."""
    year, month, date = day.split("-")
    return f"{month}/{date}/{year}"


def line(first: str, *cells: str) -> tuple[str, ...]:
    """Return a row whose last cells are given, and whose others are empty."""
    return (first, *[""] * (len(HEADER) - 1 - len(cells)), *cells)


def write(folder: Path, shape: str = "general_ledger") -> None:
    """Write the report of all years, with the accounts in order of their numbers."""
    if shape not in SHAPES:
        raise ValueError(f"there is no shape {shape}")
    rows = [
        line("Lumevo SAS"),
        line("General Ledger"),
        line("January 1, 2023 - December 31, 2025"),
        line(""),
        HEADER,
        line("1000 Checking"),
        ("", "Beginning Balance", *[""] * 7, "250,000.00"),
        ("", "01/31/2023", "Deposit", "", "", "", "", "4000 Sales", "1,000.00", "251,000.00"),
        line("Total for 1000 Checking", "€1,000.00", ""),
        line("4000 Sales"),
        ("", "01/31/2023", "Deposit", "", "", "", "", "1000 Checking", "1,000.00", "1,000.00"),
        line("Total for 4000 Sales", "€1,000.00", ""),
    ]
    by_account = sorted(enumerate(expenses(), start=1), key=lambda one: one[1].account)
    holder, held = "", Decimal(0)
    for account, numbered in groupby(by_account, key=lambda one: one[1].account):
        booked = list(numbered)
        if holder and HELD.get(account) != holder:
            rows += [line(f"Total for {holder} with sub-accounts", written(held), ""), line("")]
            holder, held = "", Decimal(0)
        if account in HELD and not holder:
            holder = HELD[account]
            rows.append(line(holder))
        # No name of an account has a colon there.
        name = f"{account} {booked[0][1].name.replace(':', ' -')}"
        rows.append(line(name))
        balance = Decimal(0)
        for number, one in booked:
            balance += one.amount
            rows.append(
                ("", us_day(one.day), "Bill" if one.supplier else "Journal Entry", str(number),
                 one.supplier, one.name, one.department, "1000 Checking", written(one.amount),
                 written(balance))
            )  # fmt: skip
        held += balance if holder else 0
        rows.append(line(f"Total for {name}", f"€{written(balance)}", ""))
    rows += [line(""), line("Thursday, January 8, 2026 09:12 AM GMT+01:00 - Accrual Basis")]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(table(rows).encode())
