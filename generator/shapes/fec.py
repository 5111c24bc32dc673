"""The demo company's expenses as a FEC file, which French accounting software exports.

The format knows no department, so that companies number their accounts by it: 625700 of Sales is
62570001 here. Pay is booked by month and department. The two seeds that explain the accounts to the
warehouse are returned by `seeds`.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from generator.shapes import ledger
from generator.shapes.ledger import account_of

SHAPES = ("fec",)
FILE = "fec.csv"
HEADER = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip


def expenses() -> list[tuple[str, str, str, str, Decimal]]:
    """Return day, account, name, supplier and amount in euros of each expense, in order of day."""
    return sorted(
        (one.day, account_of(one.account, one.department), one.name, one.supplier, one.amount)
        for one in ledger.expenses()
    )


def seeds(cost_accounts: str) -> dict[str, str]:
    """Return the text of the seeds that explain the accounts, made of that of `cost_accounts`."""
    return ledger.seeds(cost_accounts, "fec")


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
