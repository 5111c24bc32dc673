"""`make export`: spreadsheets and CSV files hold the figures of the views, as numbers and days."""

import csv
import datetime
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import export  # noqa: E402 (a script, and no package)

SHEETS = {
    "en": ["About", "By month", "By quarter", "Segments", "KPIs"],
    "fr": ["À propos", "Par mois", "Par trimestre", "Segments", "Indicateurs"],
}
MARKS = {"en": (",", "."), "fr": (";", ",")}


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def exported(demo_build, tmp_path_factory):
    """The folder with the files of both languages."""
    folder = tmp_path_factory.mktemp("export")
    for language in SHEETS:
        export.export(demo_build.published_path, folder, language)
    return folder


def wide_rows(con, grain):
    """The view `by_<grain>`: days, whether it is over, and the values of the KPIs."""
    return con.execute(f"from kpis.by_{grain} order by period_start").fetchall()


@pytest.fixture(scope="module", params=["en", "fr"])
def book(exported, request):
    """A workbook, read by another package than the one that wrote it."""
    path = exported / f"revops_{request.param}.xlsx"
    workbook = openpyxl.load_workbook(path)
    yield request.param, workbook
    workbook.close()


@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_a_sheet_has_the_figures_of_its_view(con, book, grain):
    language, workbook = book
    assert workbook.sheetnames == SHEETS[language]
    sheet = workbook[SHEETS[language][["month", "quarter"].index(grain) + 1]]
    head, *rows = sheet.iter_rows()
    expected = wide_rows(con, grain)
    assert len(rows) == len(expected)
    names = dict(con.execute(f"select kpi, name_{language} from kpis.kpi_catalog").fetchall())
    kpis = [column for (column,) in con.execute(
        "select column_name from duckdb_columns() "
        f"where schema_name = 'kpis' and table_name = 'by_{grain}' order by column_index"
    ).fetchall()][3:]  # fmt: skip
    assert [cell.value for cell in head][3:] == [names[kpi] for kpi in kpis]
    seen = 0
    for row, values in zip(rows, expected, strict=True):
        days = [cell.value.date() for cell in row[:2]]
        assert days == list(values[:2])
        assert all(cell.is_date for cell in row[:2])
        for cell, value in zip(row[3:], values[3:], strict=True):
            if value is None:
                assert cell.value is None
            else:
                seen += 1
                assert cell.data_type == "n"
                assert cell.value == pytest.approx(float(value), abs=1e-8, rel=1e-12)
    assert seen > 500


def test_a_share_is_shown_as_a_percentage_and_a_provisional_value_in_italics(con, book):
    language, workbook = book
    sheet = workbook[SHEETS[language][1]]
    names = dict(con.execute(f"select kpi, name_{language} from kpis.kpi_catalog").fetchall())
    heads = [cell.value for cell in sheet[1]]
    provisional = {
        key: is_provisional
        for *key, is_provisional in con.execute(
            "select kpi, period_start, is_provisional from kpis.kpi_default "
            "where period_grain = 'month' and dimension = 'all' and value is not null"
        ).fetchall()
        for key in [tuple(key)]
    }
    for kpi, shown in (("win_rate", "0.0%"), ("mrr", "#,##0"), ("average_deal_size", "#,##0")):
        column = heads.index(names[kpi])
        cells = [
            (row[0].value.date(), row[column])
            for row in sheet.iter_rows(min_row=2)
            if row[column].value is not None
        ]
        assert {cell.number_format for _, cell in cells} == {shown}
        assert {day: bool(cell.font.i) for day, cell in cells} == {
            day: provisional[kpi, day] for day, _ in cells
        }
    assert {True, False} <= set(provisional.values())


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_a_csv_file_has_the_figures_of_its_view(con, exported, language, grain):
    separator, mark = MARKS[language]
    path = exported / language / f"by_{grain}.csv"
    # The mark by which spreadsheets tell UTF-8 from the alphabet of the machine.
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file, delimiter=separator)
    expected = wide_rows(con, grain)
    assert len(head) == len(expected[0])

    def number(text):
        assert (mark == ".") or "." not in text
        return Decimal(text.replace(mark, ".")) if text else None

    assert [[*map(datetime.date.fromisoformat, row[:2])] for row in rows] == [
        list(values[:2]) for values in expected
    ]
    assert [[*map(number, row[3:])] for row in rows] == [list(values[3:]) for values in expected]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_segments_have_words_and_the_figures_of_kpi_default(con, exported, language):
    separator, mark = MARKS[language]
    with (exported / language / "segments.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=separator))
    words = export.WORDS[language]
    found = {
        (row[words["name"]], row[words["period_start"]], row[words["period_end"]],
         row[words["dimension"]], row[words["segment"]]):
        row[words["value"]].replace(mark, ".")
        for row in rows
    }  # fmt: skip
    expected = con.execute(
        f"select name_{language}, period_start::text, period_end::text, "
        f"dimension_label_{language}, segment_label_{language}, value "
        "from kpis.kpi_default "
        "where is_latest_whole_period and period_grain in ('month', 'quarter')"
    ).fetchall()
    assert len(found) == len(rows) == len(expected)
    # A label that begins like a formula has an apostrophe before it.
    assert {
        (name, start, end, dimension, export.csv_text(segment, ".")): value
        for name, start, end, dimension, segment, value in expected
    } == {key: Decimal(value) if value else None for key, value in found.items()}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_definitions_are_in_the_language_of_the_file(con, exported, language):
    separator, mark = MARKS[language]
    with (exported / language / "kpis.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=separator))
    words = export.WORDS[language]
    expected = con.execute(
        f"select kpi, description_{language}, formula_{language} from kpis.kpi_catalog "
        "where status = 'available'"
    ).fetchall()
    assert len(expected) > 60
    assert sorted(
        (row[words["kpi"]], row[words["description"]], row[words["formula"]]) for row in rows
    ) == sorted((kpi, *(export.csv_text(text, mark) for text in texts)) for kpi, *texts in expected)


def test_a_text_never_becomes_a_formula(tmp_path):
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.com", "plain"]
    table = export.Table(
        "segments",
        ["=2+2", "number"],
        [[export.Cell(text), export.Cell(Decimal("-1.5"))] for text in texts],
    )
    export.write_workbook([table], tmp_path / "book.xlsx", "en")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx").worksheets[0]
    cells = [row[0] for row in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["=2+2", *texts]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    export.write_csv(table, tmp_path / "table.csv", "en")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == [
        "'=2+2", "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "https://example.com", "plain",
    ]  # fmt: skip
    # A number below 0 is no text.
    assert {row[1] for row in rows[1:]} == {"-1.5"}


@pytest.mark.thorough
def test_the_same_file_gives_the_same_bytes(demo_build, exported, tmp_path):
    export.export(demo_build.published_path, tmp_path, "fr")
    for path in sorted(tmp_path.rglob("*.*")):
        assert path.read_bytes() == (exported / path.relative_to(tmp_path)).read_bytes()
