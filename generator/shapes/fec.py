"""The demo company's expenses as a FEC file, which French accounting software exports.

The format knows no department, so that companies number their accounts by it: 625700 of Sales is
62570001 here. Pay is booked by month and department. The two seeds that explain the accounts to the
warehouse are returned by `seeds`.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from generator.shapes.company import company

SHAPES = ("fec",)
FILE = "fec.csv"
HEADER = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
PAY = "641100"


def departments() -> dict[str, str]:
    """Return the number of each department, as accounts end with it."""
    tables = company()
    names = {row["department"] for row in tables["expense_ledger"] + tables["payroll"]}
    return {name: f"{number:02}" for number, name in enumerate(sorted(filter(None, names)), 1)}


def account_of(code: str, department: str | None) -> str:
    """Return the account of a department, or the account alone if there is none."""
    return code + (departments()[department] if department else "")


def expenses() -> list[tuple[str, str, str, str, Decimal]]:
    """Return day, account, name, supplier and amount in euros of each expense, in order of day."""
    tables = company()
    booked = [
        (
            row["booked_on"],
            account_of(row["account_code"], row["department"]),
            row["account_label"],
            row["supplier"] or "",
            Decimal(row["amount"]),
        )
        for row in tables["expense_ledger"]
    ]
    pay: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in tables["payroll"]:
        amount = Decimal(row["gross_salary"]) + Decimal(row["employer_charges"])
        pay[row["payroll_month"], row["department"]] += amount
    booked += [
        (month, account_of(PAY, department), "Rémunérations", "", amount)
        for (month, department), amount in pay.items()
    ]
    return sorted(booked)


def seeds(cost_accounts: str) -> dict[str, str]:
    """Return the text of the seeds that explain the accounts, made of that of `cost_accounts`.

    Pay and media have no details in other tables here.
    """
    explained = {row["account_code"]: row for row in csv.DictReader(io.StringIO(cost_accounts))}
    numbers = {number: name for name, number in departments().items()}
    accounts, named = [], []
    for account in sorted({account for _, account, *_ in expenses()}):
        row = explained[account[:6]]
        accounts.append(row | {"account_code": account, "detailed_by": ""})
        if department := numbers.get(account[6:]):
            named.append(f"fec,{account},{department}")
    written = io.StringIO()
    writer = csv.DictWriter(written, next(iter(explained.values())), lineterminator="\n")
    writer.writeheader()
    writer.writerows(accounts)
    return {
        "cost_accounts": written.getvalue(),
        "ledger_departments": "\n".join(["source_system,account_code,department", *named, ""]),
    }


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def write(folder: Path, shape: str = "fec") -> None:
    """Write `fec.csv`: tabs, windows-1252, decimal commas, days without dashes.

    Each expense is an entry of two lines, and there are sales and balances of other classes.
    """
    if shape not in SHAPES:
        raise ValueError(f"there is no shape {shape}")
    nothing = _amount(Decimal(0))
    lines = [HEADER]

    def add(number: int, day: str, account: str, name: str, supplier: str, amount: Decimal) -> None:
        debit, credit = (amount, Decimal(0)) if amount >= 0 else (Decimal(0), -amount)
        lines.append(
            ("AC", "Achats", str(number), day.replace("-", ""), account, name, "", supplier, "F",
             day.replace("-", ""), name, _amount(debit), _amount(credit), "", "", "", "", "")
        )  # fmt: skip

    for number, (day, account, name, supplier, amount) in enumerate(expenses(), start=1):
        add(number, day, account, name, supplier, amount)
        add(number, day, "401000", "Fournisseurs", supplier, -amount)
    lines.append(
        ("VE", "Ventes", "1", "20250131", "706000", "Prestations", "", "", "V", "20250131",
         "Prestations", nothing, _amount(Decimal("1000")), "", "", "", "", "")
    )  # fmt: skip
    text = "\r\n".join("\t".join(line) for line in lines) + "\r\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(text.encode("cp1252"))
