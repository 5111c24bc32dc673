"""Spending and plans of the company: campaign spend, ledger, payroll, quotas, forecasts, rates."""

from __future__ import annotations

from dataclasses import dataclass

from generator import clock
from generator.clock import LAST_DAY, MONTHS, day_text, moment_text
from generator.names import slug
from generator.tables import Batch
from generator.world import CHANNELS, CONTACTS, STAGES, TEAMS, World, money

MEDIA = ("623100", "Media: online and print advertising")
FAIRS = ("623300", "Media: stands at trade shows")
"""The two accounts that agree with campaign_spend, month by month and campaign by campaign."""

RUNNING_COSTS = (
    # account, label, department, supplier, months between entries, EUR per entry, growth
    ("622600", "Agencies and consultants", "Marketing", "Agence Pelimire", 1, 1_900, 1.3),
    ("618100", "Software tools", "Marketing", "Outils Zanoria SAS", 1, 850, 1.6),
    ("618100", "Software tools", "Sales", "Outils Zanoria SAS", 1, 1_450, 1.6),
    ("618100", "Software tools", "Customer Success", "Karinex", 1, 420, 1.7),
    ("618100", "Software tools", "R&D", "Karinex", 1, 1_300, 1.6),
    ("613200", "Office rent", "G&A", "Foncière Belamont", 1, 6_200, 1.15),
    ("611000", "Hosting (cost of revenue)", "R&D", "Nuage Solivane", 1, 2_400, 4.5),
    (
        "611500",
        "Payment and support fees (cost of revenue)",
        "Customer Success",
        "Tavuris",
        1,
        600,
        5,
    ),
    ("625100", "Travel", "Sales", "Voyages Quinarel", 1, 2_100, 1.4),
    ("625100", "Travel", "Customer Success", "Voyages Quinarel", 1, 400, 1.8),
    ("635100", "Local taxes", "G&A", "Trésor public", 12, 9_500, 1.2),
    ("661100", "Bank interest (financing)", "G&A", "Banque Fenolor", 3, 1_750, 0.7),
)


@dataclass(frozen=True)
class Job:
    """Salaried work outside the CRM: people of one kind, at one monthly gross salary in EUR."""

    department: str
    gross: int
    starts: tuple[tuple[int, int], ...]


JOBS = (
    Job("Marketing", 4_700, ((2022, 9),)),
    Job("Marketing", 3_100, ((2022, 11), (2024, 3))),
    Job("R&D", 4_300, ((2022, 6), (2022, 6), (2022, 9), (2023, 9), (2024, 4), (2025, 1))),
    Job("G&A", 6_500, ((2022, 6),)),
    Job("G&A", 3_000, ((2023, 3), (2025, 2))),
)
MANAGER_GROSS, SDR_GROSS, CSM_GROSS = 5_600, 2_500, 2_900


def write_people(world: World, batch: Batch) -> None:
    """Append the owners, their monthly pay with everyone else's, and the reps' quotas."""
    pay: list[tuple[str, str, str, int, int, int | None]] = []
    for owner in world.owners:
        batch["owners"].append(
            (
                owner.id,
                f"{slug(owner.first)}.{slug(owner.last)}.{owner.id}@lumevo.example",
                owner.first,
                owner.last,
                owner.team,
                owner.role,
                moment_text(owner.start * 86_400 + 28_800),
                "true" if owner.end is not None else "false",
            )
        )
        gross = {"manager": MANAGER_GROSS, "sdr": SDR_GROSS, "csm": CSM_GROSS}.get(owner.role)
        if gross is None:
            gross = TEAMS[owner.team].gross
        department = "Customer Success" if owner.role == "csm" else "Sales"
        pay.append((f"E{owner.id}", owner.id, department, gross, owner.start, owner.end))
    for group in range(world.scale):
        number = group * 100
        for job in JOBS:
            for year, month in job.starts:
                number += 1
                start = clock.day(year, month, 1)
                pay.append((f"E{number:05d}", "", job.department, job.gross, start, None))
    for month in range(MONTHS):
        first, last = clock.month_start(month), clock.month_end(month)
        rng = world.rng("payroll", month)
        for employee, owner, department, gross, start, end in pay:
            bonus = rng.random()
            if start > last or (end is not None and end < first):
                continue
            amount = gross * 100 * (1.0 + 0.025 * (month // 12))
            if owner and department == "Sales" and month % 3 == 2:
                amount *= 1 + 0.35 * bonus
            gross_cents = round(amount)
            batch["payroll"].append(
                (
                    day_text(first),
                    employee,
                    owner,
                    department,
                    money(gross_cents),
                    money(round(gross_cents * 0.42)),
                    "EUR",
                )
            )
    _write_quotas(world, batch)


def _write_quotas(world: World, batch: Batch) -> None:
    """Append the quotas of the years with data, then those of the year to come."""
    last = MONTHS // 3
    for quarters in (range(last), range(last, last + 4)):
        for owner in world.owners:
            if owner.role != "account_executive":
                continue
            for quarter in quarters:
                first = clock.month_start(quarter * 3)
                if owner.is_active(first) or owner.is_active(clock.month_end(quarter * 3 + 2)):
                    quota = round(TEAMS[owner.team].quota * 1.075**quarter / 500) * 500
                    batch["quotas"].append((owner.id, day_text(first), money(quota * 100), "EUR"))


def write_forecasts(world: World, batch: Batch) -> None:
    """Append what reps submitted each month for it and the two after, from what they then won."""
    for owner in world.owners:
        if owner.role != "account_executive":
            continue
        rng = world.rng("forecast", owner.id)
        optimism = 0.85 + 0.45 * rng.random()
        quota = TEAMS[owner.team].quota / 3 * 1.4
        for month in range(MONTHS):
            submitted = clock.month_start(month) + 1
            submitted += max(0, clock.weekday(submitted) - 4) and 7 - clock.weekday(submitted)
            if not owner.is_active(submitted):
                continue
            for ahead in range(3):
                known = (0.65, 0.4, 0.2)[ahead]
                usual = quota * 0.75 * (1.25 if (month + ahead) % 3 == 2 else 0.9)
                won = world.won_by_rep_month.get((owner.id, month + ahead), usual)
                guess = known * won + (1 - known) * usual * (0.5 + rng.random())
                commit = guess * optimism * (0.8 + 0.4 * rng.random())
                best = commit * (1.2 + 0.5 * rng.random())
                for category, amount in (("commit", commit), ("best_case", best)):
                    batch["submitted_forecasts"].append(
                        (
                            owner.id,
                            day_text(submitted),
                            day_text(clock.month_start(month + ahead)),
                            money(round(amount / 100) * 10_000),
                            "EUR",
                            category,
                        )
                    )


def write_campaigns(world: World, batch: Batch) -> None:
    """Append campaigns, their spend and the whole expense ledger.

    Spend is planned on expected leads: contacts x share of channel x weight of month x CPL.
    """
    spent: dict[str, int] = {}
    for month, share in enumerate(world.month_shares):
        rng = world.rng("spend", month)
        leads = CONTACTS * world.scale * share
        entries: list[tuple[int, str, str, int, str]] = []
        for name, channel in CHANNELS.items():
            if name == "TRADE_SHOW" or not channel.cpl:
                continue
            budget = leads * channel.share * channel.cpl * 100
            if name in ("ORGANIC_SEARCH", "SOCIAL_MEDIA"):
                entries.append((1, "", name, round(budget * (0.9 + 0.2 * rng.random())), "EUR"))
                continue
            middle = clock.month_start(month) + 14
            running = [c for c in world.campaigns if c.channel == name and c.is_active(middle)]
            total = sum(max(item.weight, 0.2) for item in running)
            for item in running:
                amount = budget * max(item.weight, 0.2) / total * (0.88 + 0.24 * rng.random())
                amount *= 1.1 if item.currency == "USD" else 1
                entries += _instalments(item.id, name, item.currency, month, round(amount))
        for fair in world.fairs:
            if clock.month_of(fair.start) == month:
                total = sum(item.weight for item in world.fairs)
                amount = CONTACTS * world.scale * CHANNELS["TRADE_SHOW"].share * fair.weight / total
                amount *= CHANNELS["TRADE_SHOW"].cpl * 100 * (0.9 + 0.2 * rng.random())
                start = fair.start - clock.month_start(month) + 1
                entries.append((start, fair.id, "TRADE_SHOW", round(amount), "EUR"))
        booked: dict[tuple[str, str, str], int] = {}
        for date, campaign, name, cents, currency in entries:
            day = clock.month_start(month) + date - 1
            batch["campaign_spend"].append((day_text(day), campaign, name, money(cents), currency))
            booked[campaign, name, currency] = booked.get((campaign, name, currency), 0) + cents
            spent[campaign] = spent.get(campaign, 0) + cents
        _write_ledger(world, month, booked, batch)
    for item in world.campaigns:
        budget = round(spent.get(item.id, 150_000) * 1.05 / 50_000 + 0.5) * 50_000
        batch["campaigns"].append(
            (
                item.id,
                item.name,
                item.channel,
                day_text(item.start),
                day_text(item.end),
                money(budget),
                item.currency,
            )
        )


def _instalments(
    campaign: str, channel: str, currency: str, month: int, cents: int
) -> list[tuple[int, str, str, int, str]]:
    """Return one entry on the month's first day, or one per Monday for the first campaign."""
    if campaign != "C01":
        return [(1, campaign, channel, cents, currency)]
    first = clock.month_start(month)
    dates = [
        day - first + 1
        for day in range(first, clock.month_end(month) + 1)
        if clock.weekday(day) == 0
    ]
    each = cents // len(dates)
    return [
        (date, campaign, channel, each if place else cents - each * (len(dates) - 1), currency)
        for place, date in enumerate(dates)
    ]


def _write_ledger(
    world: World, month: int, booked: dict[tuple[str, str, str], int], batch: Batch
) -> None:
    rng = world.rng("ledger", month)
    number = 0

    def book(
        day: int,
        account: tuple[str, str],
        department: str,
        supplier: str,
        cents: int,
        currency: str = "EUR",
        campaign: str = "",
        owner: str = "",
    ) -> None:
        nonlocal number
        number += 1
        batch["expense_ledger"].append(
            (
                f"L{month + 1:02d}{number:04d}",
                day_text(day),
                *account,
                department,
                supplier,
                money(cents),
                currency,
                campaign,
                owner,
            )
        )

    last = clock.month_end(month)
    for (campaign, channel, currency), cents in booked.items():
        account = FAIRS if channel == "TRADE_SHOW" else MEDIA
        supplier = "Salons Ormarel" if account is FAIRS else f"Régie {channel.title()}"
        book(last, account, "Marketing", supplier.replace("_", " "), cents, currency, campaign)
        if account is FAIRS:
            extra = round(cents * (0.18 + 0.1 * rng.random()))
            label = ("623400", "Events: travel and stand fitting")
            book(last, label, "Marketing", "Stands Galivor", extra, "EUR", campaign)
    for code, label, department, supplier, every, euros, growth in RUNNING_COSTS:
        if month % every != every - 1:
            continue
        level = 1 + (growth - 1) * month / (MONTHS - 1)
        cents = round(euros * 100 * world.scale * level * (0.94 + 0.12 * rng.random()))
        book(last - 2, (code, label), department, supplier, cents)
    for owner in world.owners:
        if owner.role == "account_executive" and owner.is_active(last) and month % 3 == 1:
            cents = 9_000 + int(rng.random() * 70_000)
            label = ("625700", "Client meals and travel, by rep")
            book(last - 5, label, "Sales", "Notes de frais", cents, "EUR", "", owner.id)
    if month == 17:
        label = ("671000", "Exceptional: dispute settled")
        book(last - 9, label, "G&A", "Cabinet Rosamire", 1_850_000 * world.scale)
    if month == 29:
        label = ("771000", "Exceptional: insurance refund")
        book(last - 4, label, "G&A", "Assurances Lumuris", -640_000 * world.scale)


def write_pipelines(batch: Batch) -> None:
    """Append the stages of every pipeline."""
    for pipeline, label, stage, stage_label, order, probability, archived in STAGES:
        batch["pipelines"].append(
            (
                pipeline,
                label,
                stage,
                stage_label,
                str(order),
                probability,
                "true" if stage.endswith(("_won", "_lost")) else "false",
                "true" if stage.endswith("_won") else "false",
                "true" if archived else "false",
            )
        )


def write_rates(world: World, batch: Batch) -> None:
    """Append month-end rates to EUR, each a slow walk."""
    for currency, opening in (("USD", 0.937), ("GBP", 1.128), ("CHF", 1.013)):
        rng = world.rng("rates", currency)
        rate = opening
        for month in range(-1, MONTHS):
            batch["exchange_rates"].append(
                (day_text(clock.month_end(month)), currency, "EUR", f"{rate:.6f}")
            )
            rate *= 1 + (rng.random() - 0.5) * 0.03
    assert clock.month_end(MONTHS - 1) == LAST_DAY
