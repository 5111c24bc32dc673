"""The demo company's ads as the platforms export them, and the rest of its media in a plan.

Google Ads pays for searches, in two accounts: one report for its own kind of CSV, one for Excel's.
LinkedIn has the campaigns of the waves, Meta the retargeting. The rest, which no platform knows, is
in a file that an agency keeps in French: a platform that `seeds` adds to the warehouse.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from generator.shapes.company import company
from generator.shapes.ledger import table
from generator.shapes.quickbooks import us_day

SHAPES = ("exports",)
META = "C05"
RENAMED = "C14"
"""This campaign has another name in LinkedIn, and had a third one there in its first months."""
RENAMED_ON = "2023-10-01"
PLAN = "plan_media"


def seeds(columns: str, platforms: str) -> dict[str, str]:
    """Return the text of the seeds with the agency's plan and the campaign that has two names."""
    headers = {
        "spent_on": "Jour",
        "source": "Canal",
        "campaign_id": "Campagne CRM",
        "spend_amount": "Montant HT",
        "currency": "Devise",
    }
    return {
        "spend_columns": columns
        + "".join(f"{PLAN},{name},{header}\n" for name, header in headers.items()),
        "spend_platforms": f'{platforms}{PLAN},,id,DD/MM/YYYY,","\n',
        "campaign_links": f"platform,campaign,campaign_id\nlinkedin_ads,{_id(RENAMED)},{RENAMED}\n",
    }


def _id(campaign: str) -> str:
    """Return the number of a campaign in its platform."""
    return f"4{campaign[1:]}0077"


def _names() -> dict[str, str]:
    return {row["campaign_id"]: row["campaign_name"] for row in company()["campaigns"]}


def _spent(source: str, *, currency: str = "", meta: bool = False) -> list[dict]:
    """Return the spend of a source by day, and by currency or by whether it is Meta's."""
    return sorted(
        (
            row
            for row in company()["campaign_spend"]
            if row["channel_source"] == source
            and currency in ("", row["currency"])
            and (row["campaign_id"] == META) is meta
        ),
        key=lambda row: (row["spend_date"], row["campaign_id"]),
    )


def google_ads(currency: str) -> list[tuple[str, ...]]:
    """Return the report of an account: two lines of title, two of totals, spend by device."""
    total = Decimal(0)
    rows: list[tuple[str, ...]] = []
    for row in _spent("PAID_SEARCH", currency=currency):
        amount = Decimal(row["amount"])
        on_phones = (amount / 3).quantize(Decimal("0.01"))
        total += amount
        for device, cost in (("Computers", amount - on_phones), ("Mobile phones", on_phones)):
            rows.append(
                ("Enabled", _names()[row["campaign_id"]], row["spend_date"], device,
                 _id(row["campaign_id"]), currency, "1,204", f"{cost:,.2f}")
            )  # fmt: skip
        rows.append(
            ("Paused", _names()[row["campaign_id"]], row["spend_date"], "Tablets",
             _id(row["campaign_id"]), currency, "0", " --")
        )  # fmt: skip
    return [
        ("Campaign report",),
        ("January 1, 2023 - December 31, 2025",),
        ("Campaign state", "Campaign", "Day", "Device", "Campaign ID", "Currency code", "Impr.",
         "Cost"),
        *rows,
        ("Total: Campaigns", " --", " --", " --", " --", currency, "", f"{total:,.2f}"),
        ("Total: Account", " --", " --", " --", " --", currency, "", f"{total:,.2f}"),
    ]  # fmt: skip


def linkedin_ads() -> list[tuple[str, ...]]:
    """Return the report of Campaign Manager: five lines above the header, US days, a total."""
    rows = []
    for row in _spent("PAID_SOCIAL"):
        name = _names()[row["campaign_id"]]
        if row["campaign_id"] == RENAMED:
            name = "Second wave" if row["spend_date"] < RENAMED_ON else "Wave 2023 H2"
        month, day, year = us_day(row["spend_date"]).split("/")
        rows.append(
            (f"{int(month)}/{int(day)}/{year}", "Lumevo", "EUR", _id(row["campaign_id"]), name,
             f"{Decimal(row['amount']):.2f}", "2,310")
        )  # fmt: skip
    return [
        ("Campaign Performance Report (in UTC)",),
        ("Report Start: January 1, 2023, 12:00 AM",),
        ("Report End: December 31, 2025, 11:59 PM",),
        ("Date Generated: January 8, 2026, 9:12 AM",),
        (),
        ("Start Date (in UTC)", "Account Name", "Currency", "Campaign ID", "Campaign Name",
         "Total Spent", "Impressions"),
        *rows,
    ]  # fmt: skip


def meta_ads() -> list[tuple[str, ...]]:
    """Return the table of Ads Manager by day: its first row is the sum of all."""
    spent = _spent("PAID_SOCIAL", meta=True)
    total = sum(Decimal(row["amount"]) for row in spent)
    return [
        ("Campaign name", "Day", "Campaign delivery", "Impressions", "Amount spent (EUR)",
         "Reporting starts", "Reporting ends"),
        ("", "", "", "40000", str(total), "2023-01-01", "2025-12-31"),
        *(
            (_names()[row["campaign_id"]], row["spend_date"], "active", "900", row["amount"],
             row["spend_date"], row["spend_date"])
            for row in spent
        ),
    ]  # fmt: skip


def plan() -> list[tuple[str, ...]]:
    """Return the agency's plan: French headers, days and amounts, and a total."""
    rows = []
    for row in company()["campaign_spend"]:
        if row["channel_source"] not in ("PAID_SEARCH", "PAID_SOCIAL"):
            year, month, day = row["spend_date"].split("-")
            amount = f"{Decimal(row['amount']):,.2f}".translate(str.maketrans(",.", "\u00a0,"))
            rows.append(
                (f"{day}/{month}/{year}", row["channel_source"], row["campaign_id"] or "",
                 amount, row["currency"])
            )  # fmt: skip
    return [
        ("Jour", "Canal", "Campagne CRM", "Montant HT", "Devise"),
        *rows,
        ("Total", "", "", "1,00", "EUR"),
    ]


def write(folder: Path, shape: str = "exports") -> None:
    """Write the reports, each in the encoding and with the separator of its tool."""
    if shape not in SHAPES:
        raise ValueError(f"there is no shape {shape}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Campaign report EU.csv").write_bytes(table(google_ads("EUR")).encode())
    (folder / "Campaign report US.csv").write_bytes(table(google_ads("USD"), "\t").encode("utf-16"))
    (folder / "campaign_performance.csv").write_bytes(table(linkedin_ads(), "\t").encode("utf-16"))
    (folder / "Retargeting-Campaigns.csv").write_bytes(b"\xef\xbb\xbf" + table(meta_ads()).encode())
    (folder / "plan.csv").write_bytes(table(plan(), ";").encode("cp1252"))
