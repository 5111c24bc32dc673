"""Write the KPIs of the published file as spreadsheets and as CSV files.

    .venv/bin/python scripts/export.py [--language en|fr] [--folder build/export]

`make export` runs this, in both languages. Each language gets a workbook, `revops_<language>.xlsx`,
and the same tables as CSV files: English ones with `,` between cells and `.` in numbers, French
ones with `;` and `,`, as spreadsheets of these languages read them.

Numbers and days are cells of these kinds, and a text is always a text: a segment that is called
`=1+1` is no formula in the workbook, and has an apostrophe before it in a CSV file.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

# How a number of each unit looks in a cell. Shares are stored as parts of 1.
NUMBER_FORMATS = {
    "amount": "#,##0",
    "count": "#,##0",
    "share": "0.0%",
    "ratio": "0.00",
    "days": "0.0",
    "years": "0.0",
    "months": "0.0",
    "points": "0.0",
    "score": "0.0",
    "seconds": "0",
}
DAY_FORMATS = {"en": "yyyy-mm-dd", "fr": "dd/mm/yyyy"}
SEPARATORS = {"en": (",", "."), "fr": (";", ",")}
# What a spreadsheet may take for the start of a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

WORDS = {
    "en": {
        "about": "About",
        "by_month": "By month",
        "by_quarter": "By quarter",
        "segments": "Segments",
        "kpis": "KPIs",
        "period_start": "First day",
        "period_end": "Last day",
        "is_over": "Over",
        "yes": "yes",
        "no": "no",
        "published_at": "Published (UTC)",
        "reporting_date": "Reported up to",
        "reporting_currency": "Currency",
        "note": "Values in grey italics are provisional: do not compare them yet. An empty cell "
        "has no value: kpis.kpi_default says why.",
        "kpi": "KPI",
        "name": "Name",
        "variant": "Definition",
        "unit": "Unit",
        "period_grain": "Period",
        "dimension": "Cut",
        "segment": "Segment",
        "value": "Value",
        "previous_value": "Period before",
        "target": "Target",
        "is_provisional": "Provisional",
        "null_reason": "Why there is no value",
        "description": "Meaning",
        "formula": "Formula",
    },
    "fr": {
        "about": "À propos",
        "by_month": "Par mois",
        "by_quarter": "Par trimestre",
        "segments": "Segments",
        "kpis": "Indicateurs",
        "period_start": "Premier jour",
        "period_end": "Dernier jour",
        "is_over": "Terminée",
        "yes": "oui",
        "no": "non",
        "published_at": "Publié (UTC)",
        "reporting_date": "Données jusqu’au",
        "reporting_currency": "Devise",
        "note": "Les valeurs en gris et en italique sont provisoires : ne les comparez pas encore. "
        "Une cellule vide n’a pas de valeur : kpis.kpi_default dit pourquoi.",
        "kpi": "Code",
        "name": "Nom",
        "variant": "Définition",
        "unit": "Unité",
        "period_grain": "Période",
        "dimension": "Axe",
        "segment": "Segment",
        "value": "Valeur",
        "previous_value": "Période précédente",
        "target": "Objectif",
        "is_provisional": "Provisoire",
        "null_reason": "Pourquoi aucune valeur",
        "description": "Signification",
        "formula": "Formule",
    },
}

# The words of closed lists that stand in cells.
CODES = {
    "en": {
        "no_source": "no source",
        "zero_denominator": "nothing to divide by",
        "too_few": "too few cases",
        "costs_not_known": "costs not known",
        "not_yet": "not yet",
        "period_over": "the period is over",
        "no_burn": "no money burnt",
        "no_growth": "burnt without growth",
    },
    "fr": {
        "month": "mois",
        "quarter": "trimestre",
        "no_source": "aucune source",
        "zero_denominator": "rien à quoi rapporter",
        "too_few": "trop peu de cas",
        "costs_not_known": "coûts inconnus",
        "not_yet": "pas encore",
        "period_over": "la période est terminée",
        "no_burn": "pas d’argent brûlé",
        "no_growth": "brûlé sans croissance",
        "amount": "montant",
        "count": "nombre",
        "share": "part",
        "ratio": "rapport",
        "days": "jours",
        "years": "ans",
        "months": "mois",
        "points": "points",
        "score": "score",
        "seconds": "secondes",
    },
}


@dataclass(frozen=True)
class Cell:
    """A value with the unit of its number, and whether it is provisional."""

    value: Any
    unit: str | None = None
    is_provisional: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet of the workbook, and a CSV file: its name, the heads of its columns, its rows."""

    name: str
    heads: list[str]
    rows: list[list[Cell]]


# -- what is exported ------------------------------------------------------------------------------


def records(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a query as dictionaries."""
    found = con.execute(query)
    names = [column[0] for column in found.description]
    for row in found.fetchall():
        yield dict(zip(names, row, strict=True))


def in_words(code: str | None, language: str) -> str | None:
    """Return what a unit, a grain or a reason is called; a code without words stays."""
    return CODES[language].get(code, code) if code else None


def wide_table(con: duckdb.DuckDBPyConnection, grain: str, language: str) -> Table:
    """Return `kpis.by_<grain>`, under the names of the KPIs for people."""
    words = WORDS[language]
    about = {
        row["kpi"]: row
        for row in records(con, f"select kpi, name_{language} as name, unit from kpis.kpi_catalog")
    }
    provisional = {
        (row["kpi"], row["period_start"])
        for row in records(
            con,
            "select kpi, period_start from kpis.kpi_default "
            f"where period_grain = '{grain}' and dimension = 'all' and is_provisional",
        )
    }
    found = list(records(con, f"from kpis.by_{grain} order by period_start"))
    kpis = [name for name in found[0] if name in about] if found else []
    rows = [
        [
            Cell(row["period_start"]),
            Cell(row["period_end"]),
            Cell(words["yes" if row["is_over"] else "no"]),
            *(
                Cell(row[kpi], about[kpi]["unit"], (kpi, row["period_start"]) in provisional)
                for kpi in kpis
            ),
        ]
        for row in found
    ]
    heads = [words[name] for name in ("period_start", "period_end", "is_over")]
    return Table(f"by_{grain}", heads + [about[kpi]["name"] for kpi in kpis], rows)


def segment_table(con: duckdb.DuckDBPyConnection, language: str) -> Table:
    """Return the latest whole month and quarter of every KPI, in total and by every cut."""
    words = WORDS[language]
    columns = ["name", "variant", "period_grain", "period_start", "period_end", "dimension",
               "segment", "value", "previous_value", "target", "unit", "is_provisional",
               "null_reason"]  # fmt: skip
    rows = []
    for row in records(
        con,
        f"select *, name_{language} as name, variant_label_{language} as variant_label, "
        f"dimension_label_{language} as dimension_label, segment_label_{language} as segment_label "
        "from kpis.kpi_default "
        "where is_latest_whole_period and period_grain in ('month', 'quarter') "
        "order by name_en, period_grain, dimension != 'all', dimension, segment_order",
    ):
        numbers = {
            name: Cell(row[name], row["unit"], row["is_provisional"])
            for name in ("value", "previous_value", "target")
        }
        texts = {
            **row,
            "variant": row["variant_label"],
            "dimension": row["dimension_label"],
            "segment": row["segment_label"],
            **{name: in_words(row[name], language) for name in ("period_grain", "unit")},
            "null_reason": in_words(row["null_reason"], language),
            "is_provisional": words["yes" if row["is_provisional"] else "no"],
        }
        rows.append([numbers.get(name) or Cell(texts[name]) for name in columns])
    return Table("segments", [words[name] for name in columns], rows)


def catalogue_table(con: duckdb.DuckDBPyConnection, language: str) -> Table:
    """Return the KPIs with what they mean, in the default variant."""
    columns = ["kpi", "name", "variant", "unit", "description", "formula"]
    rows = [
        [Cell(in_words(row[name], language) if name == "unit" else row[name]) for name in columns]
        for row in records(
            con,
            f"select kpi, name_{language} as name, variants.label_{language} as variant, "
            f"catalog.unit, description_{language} as description, "
            f"catalog.formula_{language} as formula "
            "from kpis.kpi_catalog as catalog join kpis.kpi_variants as variants using (kpi) "
            "where catalog.status = 'available' and variants.is_default order by name_en",
        )
    ]
    return Table("kpis", [WORDS[language][name] for name in columns], rows)


def about_table(con: duckdb.DuckDBPyConnection, language: str) -> Table:
    """Return what the file is: when it was published, up to which day it reports."""
    words = WORDS[language]
    [row] = records(con, "from kpis.publication")
    names = ("published_at", "reporting_date", "reporting_currency")
    rows = [[Cell(words[name]), Cell(row[name])] for name in names]
    return Table("about", ["RevOps", ""], [*rows, [Cell(words["note"]), Cell(None)]])


def tables(con: duckdb.DuckDBPyConnection, language: str) -> list[Table]:
    """Return all that is exported, in the order of the sheets."""
    return [
        about_table(con, language),
        wide_table(con, "month", language),
        wide_table(con, "quarter", language),
        segment_table(con, language),
        catalogue_table(con, language),
    ]


# -- CSV -------------------------------------------------------------------------------------------


def csv_text(value: Any, decimal_mark: str) -> str:  # noqa: ANN401 (whatever a column holds)
    """Return a cell as text: numbers in full, days as ISO 8601, no text that begins a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float, Decimal)):
        return format(value, "f").replace(".", decimal_mark)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat(*([" "] if isinstance(value, datetime.datetime) else []))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def write_csv(table: Table, path: Path, language: str) -> None:
    """Write a table as a CSV file, with the mark by which spreadsheets know UTF-8."""
    separator, decimal_mark = SEPARATORS[language]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow([csv_text(head, decimal_mark) for head in table.heads])
        for row in table.rows:
            writer.writerow([csv_text(cell.value, decimal_mark) for cell in row])


# -- workbook --------------------------------------------------------------------------------------


def write_workbook(exported: list[Table], path: Path, language: str) -> None:
    """Write the tables as the sheets of a workbook, whose bytes follow from them alone."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})
        formats: dict[tuple, Format] = {}

        def looking(number: str | None = None, **about: Any) -> Format:  # noqa: ANN401
            key = (number, *sorted(about.items()))
            if key not in formats:
                formats[key] = book.add_format(
                    {**({"num_format": number} if number else {}), **about}
                )
            return formats[key]

        for table in exported:
            write_sheet(book.add_worksheet(WORDS[language][table.name]), table, language, looking)


def write_sheet(
    sheet: Worksheet, table: Table, language: str, looking: Callable[..., Format]
) -> None:
    """Write a table with a head that stays, filters, and columns of a fitting width."""
    is_list = table.name in ("segments", "kpis")
    head = looking(bold=True, text_wrap=True, valign="top", bottom=1)
    for column, text in enumerate(table.heads):
        sheet.write_string(0, column, text, head)
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            write_cell(sheet, number, column, cell, language, looking)
    if table.name == "about":
        sheet.set_column(0, 0, 60)
        sheet.set_column(1, 1, 22)
        return
    sheet.freeze_panes(1, 1 if is_list else 2)
    sheet.set_row(0, 45)
    sheet.set_column(0, len(table.heads) - 1, 14)
    for column, text in enumerate(table.heads) if is_list else ():
        texts = [len(row[column].value) for row in table.rows if isinstance(row[column].value, str)]
        if texts:
            sheet.set_column(column, column, min(max([*texts, len(text)]) + 2, 60))
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1 if is_list else 0, 0)
    sheet.repeat_rows(0)


def write_cell(
    sheet: Worksheet,
    row: int,
    column: int,
    cell: Cell,
    language: str,
    looking: Callable[..., Format],
) -> None:
    """Write a cell as what it is: a number, a day, a moment, or a text and never a formula."""
    about = {"italic": True, "font_color": "#6b7280"} if cell.is_provisional else {}
    if cell.value is None:
        return
    if isinstance(cell.value, (int, float, Decimal)):
        sheet.write_number(
            row, column, float(cell.value), looking(NUMBER_FORMATS.get(cell.unit or ""), **about)
        )
    elif isinstance(cell.value, datetime.datetime):
        sheet.write_datetime(row, column, cell.value, looking(f"{DAY_FORMATS[language]} hh:mm"))
    elif isinstance(cell.value, datetime.date):
        sheet.write_datetime(row, column, cell.value, looking(DAY_FORMATS[language]))
    else:
        sheet.write_string(row, column, str(cell.value), looking(text_wrap=True, valign="top"))


# -- the command -----------------------------------------------------------------------------------


def export(published: Path, folder: Path, language: str) -> list[Path]:
    """Write the workbook and the CSV files of a language, and return their paths."""
    with duckdb.connect(str(published), read_only=True) as con:
        exported = tables(con, language)
    (folder / language).mkdir(parents=True, exist_ok=True)
    paths = [folder / f"revops_{language}.xlsx"]
    write_workbook(exported, paths[0], language)
    for table in exported:
        if table.name != "about":
            paths.append(folder / language / f"{table.name}.csv")
            write_csv(table, paths[-1], language)
    return paths


def main() -> None:
    """Export as the command line asks."""
    parser = argparse.ArgumentParser(description="Export the KPIs of the published file.")
    parser.add_argument("--language", choices=sorted(WORDS), help="one language; both if not given")
    parser.add_argument("--folder", type=Path, default=Path("build/export"))
    arguments = parser.parse_args()
    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))
    if not published.exists():
        raise SystemExit(f"There is no file {published}: run `make build` first.")
    for language in [arguments.language] if arguments.language else sorted(WORDS):
        for path in export(published, arguments.folder, language):
            print(path)


if __name__ == "__main__":
    main()
