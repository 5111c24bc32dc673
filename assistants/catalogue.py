"""Read the names that a question uses: KPIs, variants, cuts and segments.

A name is a code, a name in English or French, an abbreviation such as MRR, or one of the other
names in `other_names.csv`; accents, capitals and marks do not matter. A text that is no name is
never taken for one: the answer says so, and lists the nearest names.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import duckdb

from assistants.words import Language, NotAnsweredError, message

FOLDER = Path(__file__).parent
# Grains in the order in which one is taken when none is asked for.
GRAINS = ("month", "quarter", "year", "half_year", "week")
# Words that many names have: they bring two names no nearer.
COMMON = frozenset(
    {
        "a", "an", "and", "by", "in", "of", "per", "rate", "ratio", "the",
        "d", "de", "des", "du", "et", "l", "la", "le", "les", "par", "taux",
    }
)  # fmt: skip
NEAREST = 5
# How much of a text is compared with names.
LONGEST = 100
# Names that may stand in SQL.
NAME = re.compile(r"[a-z][a-z0-9_]*")


def folded(text: str) -> str:
    """Return a text without capitals, accents and marks: `taux d attrition`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", letters))


def names_in(label: str) -> set[str]:
    """Return the names in a label: all of it, and what stands before and in its brackets."""
    found = {folded(label)}
    if said := re.fullmatch(r"(.+?)\s*\((.+)\)", label):
        found |= {folded(said[1]), *map(folded, said[2].split(","))}
    return found - {""}


def likeness(asked: str, name: str) -> float:
    """Return how near two folded names are, from 0 to 1: letters in order, or words in common."""
    words, others = set(asked.split()) - COMMON, set(name.split()) - COMMON
    shared = len(words & others) / len(words | others) if words & others else 0
    return max(SequenceMatcher(None, asked, name).ratio(), 0.5 + shared / 2 if shared else 0)


def nearest(asked: str, names: dict[str, set[str]], count: int = NEAREST) -> list[str]:
    """Return the keys whose names are nearest to what is asked for, the nearest first."""
    text = folded(asked[:LONGEST])
    scores = {key: max(likeness(text, name) for name in some) for key, some in names.items()}
    return sorted(scores, key=lambda key: (-scores[key], key))[:count]


def quoted(asked: object) -> str:
    """Return what was asked for as it is repeated in a message: one short line."""
    text = " ".join(str(asked).split())
    return f"« {text[:80]}{'…' if len(text) > 80 else ''} »"


def of_folder(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file beside this one."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Catalogue:
    """The words of a published file on its KPIs, cuts, segments and periods."""

    kpis: dict[str, dict[str, Any]]
    variants: dict[str, dict[str, dict[str, Any]]]
    # KPI -> its cuts, in the order in which they are shown; those that combine with others.
    dimensions: dict[str, list[str]]
    cuts: dict[str, dict[str, dict[str, Any]]]
    # Cut -> its two names; cut -> segment -> its two names.
    labels: dict[str, tuple[str, str]]
    segments: dict[str, dict[str, tuple[str, str]]]
    periods: list[dict[str, Any]]
    publication: dict[str, Any]
    names: dict[str, set[str]]

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> Catalogue:
        """Read the catalogue of a published file."""

        def rows(sql: str) -> list[dict[str, Any]]:
            found = con.execute(sql)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        kpis = {
            row["kpi"]: row
            for row in rows("from kpis.kpi_catalog where status = 'available'")
            if NAME.fullmatch(row["kpi"])
        }
        variants: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for row in rows("from kpis.kpi_variants order by kpi, place"):
            variants[row["kpi"]][row["variant"]] = row
        cuts: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for row in rows("from kpis.kpi_cuts order by kpi, cut"):
            if NAME.fullmatch(row["cut"]):
                cuts[row["kpi"]][row["cut"]] = row
        labels: dict[str, tuple[str, str]] = {}
        segments: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for row in rows("from kpis.dim_segments order by dimension_order, segment_order"):
            labels[row["dimension"]] = (row["dimension_label_en"], row["dimension_label_fr"])
            segments[row["dimension"]][row["segment"]] = (row["label_en"], row["label_fr"])
        dimensions: dict[str, list[str]] = defaultdict(list)
        order = list(labels)
        for row in sorted(
            rows("select distinct kpi, dimension from kpis.kpi_values where dimension != 'all'"),
            key=lambda row: order.index(row["dimension"]),
        ):
            dimensions[row["kpi"]].append(row["dimension"])
        [publication] = rows("from kpis.publication")
        names = {
            kpi: {folded(kpi)} | names_in(row["name_en"]) | names_in(row["name_fr"])
            for kpi, row in kpis.items()
        }
        for row in of_folder("other_names.csv"):
            if row["kpi"] in names:
                names[row["kpi"]].add(folded(row["name"]))
        periods = rows("from marts.dim_periods order by period_grain, period_start")
        return cls(kpis, variants, dimensions, cuts, labels, segments, periods, publication, names)

    def kpi(self, asked: str, language: Language) -> str:
        """Return the code of a KPI; raise NotAnsweredError with the nearest ones if it is none."""
        text = folded(asked)
        found = [kpi for kpi, names in self.names.items() if text in names]
        exact = [kpi for kpi in found if text == folded(kpi)]
        if len(exact or found) == 1:
            return (exact or found)[0]
        said = message("several" if found else "kpi", language, asked=quoted(asked))
        near = found or nearest(asked, self.names)
        raise NotAnsweredError(
            "not_defined", said, nearest=[self.in_short(kpi, language) for kpi in near]
        )

    def in_short(self, kpi: str, language: Language) -> dict[str, Any]:
        """Return what a KPI is, for a list."""
        row = self.kpis[kpi]
        return {
            "kpi": kpi,
            "name": row[f"name_{language}"],
            "meaning": row[f"description_{language}"],
            "team": row["team"],
            "unit": row["unit"],
            "default_variant": row["default_variant"],
            "variants": list(self.variants[kpi]),
        }

    def variant(self, kpi: str, asked: str | None, language: Language) -> str:
        """Return the code of a variant of a KPI, its default if none is asked for."""
        if asked is None:
            return self.kpis[kpi]["default_variant"]
        text = folded(asked)
        for variant, row in self.variants[kpi].items():
            if text in {folded(variant), folded(row["label_en"]), folded(row["label_fr"])}:
                return variant
        raise NotAnsweredError(
            "not_defined",
            message("variant", language, kpi=kpi, asked=quoted(asked)),
            nearest=[
                self.variant_in_short(kpi, variant, language) for variant in self.variants[kpi]
            ],
        )

    def variant_in_short(self, kpi: str, variant: str, language: Language) -> dict[str, Any]:
        """Return what a variant is, and when it is the one to use."""
        row = self.variants[kpi][variant]
        return {
            "variant": variant,
            "label": row[f"label_{language}"],
            "is_default": row["is_default"],
            "formula": row[f"formula_{language}"],
            "unit": row["unit"],
            "direction": row["direction"],
            "grains": row["grains"].split("|"),
            "when_to_use": row[f"when_to_use_{language}"],
        }

    def cut(self, kpi: str, asked: str, language: Language, among: Iterable[str] = ()) -> str:
        """Return the code of a cut of a KPI; `among` are those that may be meant, or all."""
        text = folded(asked)
        known = list(among) or self.dimensions[kpi]
        for cut in self.dimensions[kpi]:
            if text in {folded(cut), *map(folded, self.labels[cut])}:
                if cut in known:
                    return cut
                raise NotAnsweredError(
                    "not_defined",
                    message("combined", language, asked=quoted(asked)),
                    nearest=self.cuts_in_short(known, language),
                )
        raise NotAnsweredError(
            "not_defined",
            message("cut", language, kpi=kpi, asked=quoted(asked)),
            nearest=self.cuts_in_short(known, language),
        )

    def cuts_in_short(self, cuts: Iterable[str], language: Language) -> list[dict[str, str]]:
        """Return cuts with their names."""
        return [{"cut": cut, "name": self.labels[cut][language == "fr"]} for cut in cuts]

    def segment(self, cut: str, asked: str, language: Language) -> str:
        """Return the code of a segment of a cut."""
        known = self.segments[cut]
        if asked in known:
            return asked
        text = folded(asked)
        found = [
            segment
            for segment, labels in known.items()
            if text in {folded(segment), *(folded(label) for label in labels if label)}
        ]
        if len(found) == 1:
            return found[0]
        names = {
            segment: {folded(segment), *(folded(label) for label in labels if label)}
            for segment, labels in known.items()
        }
        raise NotAnsweredError(
            "not_defined",
            message("segment", language, cut=cut, asked=quoted(asked)),
            nearest=[
                {"segment": segment, "name": known[segment][language == "fr"]}
                for segment in found or nearest(asked, names)
            ],
        )
