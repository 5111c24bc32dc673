"""The demo company's expenses as any ledger books them: media, costs, and pay by department."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from generator.shapes.company import company

PAY = "641100"
EUROS_PER_UNIT = {"EUR": Decimal(1), "USD": Decimal("0.92")}
"""Fixed rates: a ledger has one currency."""


class Expense(NamedTuple):
    """One expense, in euros; pay is that of a department and month."""

    day: str
    account: str
    department: str
    name: str
    supplier: str
    amount: Decimal


@cache
def expenses() -> tuple[Expense, ...]:
    """Return the expenses in order of day."""
    tables = company()
    booked = [
        Expense(
            row["booked_on"],
            row["account_code"],
            row["department"] or "",
            row["account_label"],
            row["supplier"] or "",
            in_euros(row["amount"], row["currency"]),
        )
        for row in tables["expense_ledger"]
    ]
    pay: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in tables["payroll"]:
        amount = Decimal(row["gross_salary"]) + Decimal(row["employer_charges"])
        pay[row["payroll_month"], row["department"]] += amount
    booked += [
        Expense(month, PAY, department, "Rémunérations", "", amount)
        for (month, department), amount in pay.items()
    ]
    return tuple(sorted(booked))


def in_euros(amount: str, currency: str) -> Decimal:
    """Return an amount in euros, to the cent."""
    value = Decimal(amount) * EUROS_PER_UNIT[currency]
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@cache
def departments() -> dict[str, str]:
    """Return the number of each department, as accounts by department end with it."""
    names = {expense.department for expense in expenses()}
    return {name: f"{number:02}" for number, name in enumerate(sorted(filter(None, names)), 1)}


def account_of(code: str, department: str) -> str:
    """Return the account of a department, or the account alone if there is none."""
    return code + departments().get(department, "")


def seeds(cost_accounts: str, source: str) -> dict[str, str]:
    """Return the text of the seeds that explain accounts by department.

    They are made of that of `cost_accounts`. Pay and media have no details in other tables here.
    """
    explained = {row["account_code"]: row for row in csv.DictReader(io.StringIO(cost_accounts))}
    numbers = {number: name for name, number in departments().items()}
    accounts, named = [], []
    for account in sorted({account_of(one.account, one.department) for one in expenses()}):
        accounts.append(explained[account[:6]] | {"account_code": account, "detailed_by": ""})
        if department := numbers.get(account[6:]):
            named.append(f"{source},{account},{department}")
    written = io.StringIO()
    writer = csv.DictWriter(written, next(iter(explained.values())), lineterminator="\n")
    writer.writeheader()
    writer.writerows(accounts)
    return {
        "cost_accounts": written.getvalue(),
        "ledger_departments": "\n".join(["source_system,account_code,department", *named, ""]),
    }


def table(rows: list[tuple[str, ...]], delimiter: str = ",") -> str:
    """Return rows as CSV."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return written.getvalue()
