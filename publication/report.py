"""Tell in words what a publication changed: on the screen, and in a file for mail and chat."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from publication import history

# How many alerts stand on the screen; the file has them all.
SHOWN = 10
# How many owners are named who have most to fix.
OWNERS = 3
NO_BREAK = "\u00a0"
HEADINGS = {
    "off_track": ("Off track", "Indicateurs qui décrochent"),
    "back_on_track": ("No longer off track", "Indicateurs qui se rétablissent"),
    "restated": ("Restated", "Chiffres corrigés"),
}
TO_FIX = ("Records to fix", "Fiches à corriger")


@dataclass(frozen=True)
class Alert:
    """One thing that a manager should hear of; `words` are an English and a French sentence."""

    place: int
    kind: str
    words: tuple[str, str]


@dataclass(frozen=True)
class ToFix:
    """The list of records to fix in short; `owners` are those with most money, and how much."""

    finding_count: int
    money: Decimal | None
    currency: str
    owners: list[tuple[str, Decimal]]

    @property
    def words(self) -> tuple[str, str]:
        """Return an English and a French sentence."""
        if not self.finding_count:
            return "No record to fix.", "Aucune fiche à corriger."
        count = f"{self.finding_count:,}"
        english = f"{count} {'finding' if self.finding_count == 1 else 'findings'} to fix"
        french = f"{in_french(count)} {'point' if self.finding_count == 1 else 'points'} à corriger"
        if self.money is not None:
            money = f"{self.money:,.0f}\u00a0{self.currency}"
            english += f", {money.replace(NO_BREAK, ' ')} at stake"
            french += f", {in_french(money)} en jeu"
        if self.owners:
            told = [(name, f"{money:,.0f}") for name, money in self.owners]
            english += ", most with " + ", ".join(f"{name} ({money})" for name, money in told)
            french += ", surtout chez " + ", ".join(
                f"{name} ({in_french(money)})" for name, money in told
            )
        return (
            f"{english}: see kpis.records_to_fix.",
            f"{french}\u00a0: voir kpis.records_to_fix.",
        )


@dataclass(frozen=True)
class Report:
    """The changes that a publication brought, its most important alerts first."""

    published_at: datetime.datetime
    comparison: str
    compared_with: datetime.datetime | None
    new_kpis: str | None
    removed_kpis: str | None
    alerts: list[Alert]
    to_fix: ToFix | None


def read(published: Path) -> Report | None:
    """Return the report on the last publication of a published file; None if it keeps none."""
    with duckdb.connect(str(published), read_only=True) as reader:
        there = history.columns_in(reader, "table_schema = 'kpis'")
        if not {"kpis.alerts", "kpis.kpi_publications"} <= set(there):
            return None
        last = reader.execute(
            "select published_at, comparison, compared_with, new_kpis, removed_kpis "
            "from kpis.kpi_publications order by published_at desc limit 1"
        ).fetchone()
        if not last:
            return None
        alerts = [
            Alert(place, kind, (english, french))
            for place, kind, english, french in reader.execute(
                "select place, kind, message_en, message_fr from kpis.alerts "
                "where published_at = ? order by place",
                [last[0]],
            ).fetchall()
        ]
        to_fix = read_to_fix(reader) if "kpis.records_to_fix" in there else None
    return Report(*last, alerts, to_fix)


def read_to_fix(reader: duckdb.DuckDBPyConnection) -> ToFix:
    """Return the list of records to fix in short, each record's money once."""
    [[count, money, currency]] = reader.execute(
        "select count(*), sum(money_once_amount), max(currency) from kpis.records_to_fix"
    ).fetchall()
    owners = reader.execute(
        "select owner_name, sum(money_once_amount) as money from kpis.records_to_fix "
        "where owner_name is not null group by owner_name having money > 0 "
        "order by money desc, owner_name limit ?",
        [OWNERS],
    ).fetchall()
    return ToFix(count, money, currency or "", owners)


def in_french(number: str) -> str:
    """Return a number, written in English and without decimals, as the French write it."""
    return number.replace(",", NO_BREAK)


def lines(report: Report, path: Path) -> list[str]:
    """Return the few lines for the screen; `path` is the file that has them all."""
    shown = report.alerts[:SHOWN]
    found = [
        alert.words[0] for kind in HEADINGS for alert in shown if alert.kind == kind
    ]  # Those of a kind stand together.
    if left := len(report.alerts) - len(shown):
        found.append(f"and {left} more: {path} has them all, in English and French")
    if report.removed_kpis:
        found.append(f"No longer published, removed or renamed: {report.removed_kpis}")
    return found or [nothing(report)[0]]


def nothing(report: Report) -> tuple[str, str]:
    """Return the sentence of a publication that brought no alert, in English and French."""
    if report.comparison == "first":
        return (
            "No KPI went off track or came back with its latest period.",
            "Aucun indicateur n’a décroché ni ne s’est rétabli avec sa dernière période.",
        )
    return (
        "No KPI went off track or came back, and no past figure was restated.",
        "Aucun indicateur n’a décroché ni ne s’est rétabli, et aucun chiffre passé n’est corrigé.",
    )


def compared(report: Report) -> tuple[str, str]:
    """Return with what the publication was compared, in English and French."""
    if report.comparison == "compared":
        before = f"{report.compared_with:%Y-%m-%d %H:%M}"
        return (
            f"Compared with the publication of {before} UTC.",
            f"Comparé à la publication du {before} UTC.",
        )
    if report.comparison == "first":
        return (
            "Nothing was published before: what changed since the period before is told.",
            "Rien n’était publié avant\u00a0: voici ce qui a changé depuis la période précédente.",
        )
    if report.comparison == "published_file_lost":
        return (
            "The published file was gone: only figures that had moved before could be compared.",
            "Le fichier publié avait disparu\u00a0: seuls les chiffres qui avaient déjà bougé ont "
            "pu être comparés.",
        )
    return (
        "The file that was published before lacks columns: its figures could not be compared.",
        "Des colonnes manquent au fichier publié avant\u00a0: ses chiffres n’ont pas pu être "
        "comparés.",
    )


def markdown(report: Report) -> str:
    """Return the whole report, in English and then in French."""
    moment = f"{report.published_at:%Y-%m-%d %H:%M} UTC"
    titles = (
        f"Changes with the publication of {moment}",
        f"Changements avec la publication du {moment}",
    )
    said = {
        "New KPIs: ": ("Nouveaux KPI\u00a0: ", report.new_kpis),
        "No longer published, removed or renamed: ": (
            "Ne sont plus publiés, retirés ou renommés\u00a0: ",
            report.removed_kpis,
        ),
    }
    parts = []
    for language, title in enumerate(titles):
        parts.append(f"# {title}\n\n{compared(report)[language]}")
        if not report.alerts:
            parts.append(nothing(report)[language])
        for kind, headings in HEADINGS.items():
            told = [f"- {alert.words[language]}" for alert in report.alerts if alert.kind == kind]
            if told:
                parts.append(f"## {headings[language]}\n\n" + "\n".join(told))
        if report.to_fix:
            parts.append(f"## {TO_FIX[language]}\n\n{report.to_fix.words[language]}")
        parts.extend(
            f"{(english, french)[language]}{kpis}"
            for english, (french, kpis) in said.items()
            if kpis
        )
    return "\n\n".join(parts) + "\n"
