"""Look at a folder of exports, or at a DuckDB file, and say how to connect it.

    make connect SOURCE=hubspot DIR=path/to/exports

It says which tables and columns of the source are there, which KPIs will have figures and which
not, and why, what of the files would stop the build, in the gate's own words, and which variables
to set in `dbt_project.yml`. Without SOURCE it says which connector fits best. It changes nothing,
and it computes no figure. The exit code is 0 if the gate would accept the files, else 1; what is in
the cells only a build can judge.
"""

from __future__ import annotations

import csv
import difflib
import re
import signal
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from expectations.declared import (  # noqa: E402
    Column,
    Extract,
    Format,
    report_kind,
    with_shapes,
)
from expectations.reports import (  # noqa: E402
    Report,
    columns_found,
    faults_of,
    is_of_reports,
    read_reports,
)
from expectations.scans import IN_DATABASE, header_of, places, trouble_with_database  # noqa: E402

CONNECTORS = ROOT / "models" / "connectors"
SEEDS = ROOT / "seeds" / "reference"
SAMPLE_ROWS = 1000
SHOWN_FILES = 10
# Columns in which a loader keeps its own books are nobody's concern.
OF_LOADERS = ("_dlt", "_fivetran", "_airbyte")
# A ledger knows the pay of all, and not that of one rep.
OF_ONE_REP = {"rep_yield"}
# KPIs that stay null, though their tables are there, as long as no row has this column.
UNLESS_FILLED = {
    "cash_collected": "invoices.paid_on",
    "contracted_arr": "subscriptions.deal_id",
    "days_sales_outstanding": "invoices.paid_on",
    "involuntary_churn_rate": "subscriptions.past_due_since",
    "loss_reasons": "deals.lost_reason",
    "overdue_receivables": "invoices.due_on",
    "trial_conversion_rate": "subscriptions.trial_ends_on",
}
# The connector whose seed of platforms says how each writes days and amounts.
OF_PLATFORMS = "spend"
# How amounts are written: `1.234,50 €`, and `1,234.50` or `1234.5`.
WITH_DECIMAL_COMMA = r"-?[0-9 .\u00a0\u202f]*[0-9],[0-9]{1,2}( ?€)?"
WITH_DECIMAL_POINT = r"[$€£(-]*([0-9]{1,3}(,[0-9]{3})+|[0-9]+)[.][0-9]+\)?"
DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}


@dataclass
class Look:
    """What was found of one connector at a place."""

    connector: str
    place: Path
    written: dict[str, str]
    extracts: list[Extract]
    schema: str = ""
    headers: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    # The faults that the gate would refuse in reports.
    faults: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[Extract]:
        """The extracts that must be there and are not."""
        return [
            extract
            for extract in self.extracts
            if extract.name not in self.headers and not extract.is_optional
        ]

    def missing_columns(self, extract: Extract, *, optional: bool) -> list[str]:
        """Return the declared columns that an extract lacks, those that may or that may not be."""
        _, header = self.headers[extract.name]
        return [
            column.name
            for column in extract.columns
            if column.is_optional is optional and not extract.times_in(header, column)
        ]

    @property
    def fits(self) -> bool:
        """Whether the gate would accept the files."""
        return bool(self.headers) and not (
            self.faults
            or self.missing
            or any(
                self.missing_columns(extract, optional=False)
                for extract in self.extracts
                if extract.name in self.headers
            )
        )


# -- what connectors declare -----------------------------------------------------------------------


def meta_of(node: dict) -> dict:
    """Return the meta of a source, a table or a column in YAML."""
    return {**(node.get("meta") or {}), **((node.get("config") or {}).get("meta") or {})}


def connectors() -> list[str]:
    """Return the connectors that declare extracts."""
    return sorted(path.parent.name for path in CONNECTORS.glob("*/*__sources.yml"))


def declared(
    connector: str, place: Path, written: dict[str, str], schema: str = ""
) -> list[Extract]:
    """Return the extracts of a connector, with the paths at which `place` may have them.

    `schema` is that of the tables of a DuckDB file, where it has to be named.
    """
    path = CONNECTORS / connector / f"{connector}__sources.yml"
    [source] = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    look_of = Format(
        written.get("delimiter", ","), written.get("quote", '"'), written.get("encoding", "utf-8")
    )
    extracts = []
    for table in source["tables"]:
        names = [table["name"], *meta_of(table).get("names", [])]
        report = meta_of(table).get("report")
        if report and place.suffix != ".duckdb":
            candidates = [f"{place}/*.csv"]
        elif place.suffix == ".duckdb":
            prefix = f"{place}{IN_DATABASE}" + (f"{schema}." if schema else "")
            candidates = [f"{prefix}{name}" for name in names]
        else:
            candidates = [
                f"{place}/{name}{end}"
                for name in names
                for end in (".csv", ".parquet", "/*.parquet")
            ]
        extracts.append(
            Extract(
                connector,
                table["name"],
                candidates,
                meta_of(table).get("optional", False),
                {**meta_of(source), **meta_of(table)}.get("loose_names", False),
                look_of,
                [
                    Column(
                        column["name"],
                        tuple(meta_of(column).get("names", ())),
                        meta_of(column).get("optional", False),
                    )
                    for column in table["columns"]
                ],
            )
        )
        if report:
            lists = [",".join(report.get(name, [])) for name in ("entries", "same")]
            extracts[-1].report = report_kind(report["day"], *lists)
            shapes = shapes_of(report["headers"]) if "headers" in report else {}
            extracts[-1].report = with_shapes(extracts[-1], shapes)
    return extracts


def seed(name: str) -> list[dict[str, str]]:
    """Return the rows of a reference seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def shapes_of(name: str) -> dict[str, list[Column]]:
    """Return the headers of each platform that a seed lists."""
    headers: dict[str, dict[str, list[str]]] = {}
    for row in seed(name):
        columns = headers.setdefault(row["platform"], {})
        columns.setdefault(row["column_name"], []).append(row["header"])
    return {
        platform: [Column(column, tuple(words)) for column, words in columns.items()]
        for platform, columns in headers.items()
    }


def labelled(connector: str) -> set[tuple[str, str]]:
    """Return the columns, with their extracts, that the connector also finds by a field's label."""
    path = CONNECTORS / connector / f"{connector}__sources.yml"
    [source] = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    return {
        (table["name"], column["name"])
        for table in source["tables"]
        for column in table["columns"]
        if meta_of(column).get("labelled")
    }


def read_by(connector: str, model: str) -> set[str]:
    """Return the extracts that a model of a connector reads, through its base models."""
    paths = list((CONNECTORS / connector).rglob(f"{model}.sql"))
    if not paths:
        return set()
    text = paths[0].read_text(encoding="utf-8")
    found = set(re.findall(rf"extract\('{connector}',\s*'(\w+)'\)", text))
    for united in re.findall(r"united_extracts\(\{(.*?)\}\)", text, re.DOTALL):
        found |= set(re.findall(r"'(\w+)': (?:\{|dict\()", united))
    for base in re.findall(r"ref\('(\w+)'\)", text):
        found |= read_by(connector, base)
    return found


def tables_of(connector: str) -> list[str]:
    """Return the input tables that a connector supplies."""
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    tables = settings["connector_tables"].get(connector, [])
    if tables != "all":
        return tables
    return sorted(
        path.stem.removeprefix("input_") for path in (ROOT / "models" / "inputs").glob("*.sql")
    )


# -- what is there ---------------------------------------------------------------------------------


def look(connector: str, place: Path) -> Look:
    """Look at a place with the eyes of one connector."""
    found = Look(connector, place, {}, declared(connector, place, {}))
    has_reports = any(is_of_reports(extract) for extract in found.extracts)
    if place.is_dir() and not has_reports:
        found.written = writing_of(place.glob("*.csv"))
        found.extracts = declared(connector, place, found.written)
    if place.suffix == ".duckdb":
        found.schema = schema_of(place, found.extracts)
        found.extracts = declared(connector, place, {}, found.schema)
    for extract in found.extracts:
        if is_of_reports(extract):
            look_at_reports(found, extract)
            continue
        for path, files in places(extract.candidate_paths).items():
            if header := header_of(path, files, extract.format):
                found.headers[extract.name] = path, header
                break
    return found


def look_at_reports(found: Look, extract: Extract) -> None:
    """Look at the reports of a folder: which they are, and how they write days and amounts."""
    path = extract.candidate_paths[0]
    files = places([path]).get(path, [])
    reports = read_reports(extract, files)
    if any(report.lines_not_text for report in reports):
        # A file that is not in Unicode is taken to be from an old spreadsheet.
        found.written["encoding"] = "windows-1252"
        extract.format = replace(extract.format, encoding="windows-1252")
        reports = read_reports(extract, files)
    faults = faults_of(extract, files, reports)
    found.faults = [fault for rule in faults.values() for fault in rule]
    found.reports = [report for report in reports if report.shape]
    if not found.reports:
        return
    found.headers[extract.name] = path, columns_found(extract, found.reports)
    if found.connector != OF_PLATFORMS:
        found.written |= writing_of_cells(cells_of(found.reports))


def cells_of(reports: Iterable[Report]) -> list[str]:
    """Return cells of the first rows of reports."""
    return [
        cell for report in reports for row in report.rows[:SAMPLE_ROWS] for cell in row.values()
    ]


def schema_of(file: Path, extracts: list[Extract]) -> str:
    """Return the schema that has most of the tables; none if all of them are in one schema.

    dlt leaves a second schema beside its own, with the same tables: `<dataset>_staging`.
    """
    names = [
        path.partition(IN_DATABASE)[2].lower()
        for extract in extracts
        for path in extract.candidate_paths
    ]
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            counted = con.execute(
                "select schema_name, count(*) from duckdb_tables() where not internal "
                "and lower(table_name) in (select unnest($1)) group by 1 "
                "order by schema_name like '%staging', count(*) desc, schema_name",
                [names],
            ).fetchall()
    except duckdb.Error:
        return ""
    return counted[0][0] if len(counted) > 1 else ""


def writing_of(files: Iterable[Path]) -> dict[str, str]:
    """Return how CSV files are written, where it is not the usual way: see `extract_formats`."""
    found: dict[str, str] = {}
    cells: list[str] = []
    encodings: Counter[str] = Counter()
    delimiters: Counter[str] = Counter()
    for file in files:
        content = file.read_bytes()[:1_000_000]
        encoding = encoding_of(content)
        encodings[encoding] += 1
        text = content.decode(encoding.replace("windows-1252", "cp1252"), errors="replace")
        header = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max(DELIMITERS, key=header.count)
        if header.count(delimiter):
            delimiters[DELIMITERS[delimiter]] += 1
        rows = csv.reader(text.splitlines()[: SAMPLE_ROWS + 1], delimiter=delimiter)
        cells += [cell.strip() for row in rows for cell in row]
    # A format is one for all files of a source. Where they differ, the gate names those that do not
    # have it; one that is read in a wrong encoding has wrong letters, and nobody would hear of it.
    del encodings["ascii"]
    if len(encodings) == 1 and "utf-8" not in encodings:
        [found["encoding"]] = encodings
    if delimiters and (most := delimiters.most_common(1)[0][0]) != ",":
        found["delimiter"] = most
    return found | writing_of_cells(cells)


def writing_of_cells(cells: list[str]) -> dict[str, str]:
    """Return how cells write amounts and days, where it is not the usual way."""
    found: dict[str, str] = {}
    with_comma = sum(bool(re.fullmatch(WITH_DECIMAL_COMMA, cell)) for cell in cells)
    with_point = sum(bool(re.fullmatch(WITH_DECIMAL_POINT, cell)) for cell in cells)
    # One amount that somebody typed in another way makes no other format for all.
    if with_comma > with_point:
        found["decimal_mark"] = ","
    days = [match for cell in cells if (match := re.match(r"(\d\d?)/(\d\d?)/\d{4}\b", cell))]
    day_first = sum(int(day[1]) > 12 for day in days)
    month_first = sum(int(day[2]) > 12 for day in days)
    if day_first and month_first:
        most = "DD/MM/YYYY" if day_first > month_first else "MM/DD/YYYY"
        found["date_format"] = f"{most}, and the other order in some rows"
    elif day_first:
        found["date_format"] = "DD/MM/YYYY"
    elif month_first:
        found["date_format"] = "MM/DD/YYYY"
    elif days:
        found["date_format"] = "DD/MM/YYYY or MM/DD/YYYY: the files do not tell"
    return found


def encoding_of(content: bytes) -> str:
    """Return the encoding of the first bytes of a text, as `extract_formats` calls it, or ascii."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        content.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        # A sample may end within a character.
        if error.start < len(content) - 4:
            return "windows-1252"
    return "ascii" if content.isascii() else "utf-8"


def row_count(path: str, extract: Extract) -> int | None:
    """Return the rows of a table or of Parquet files; None for CSV, which is not read whole."""
    if IN_DATABASE in path:
        file, _, table = path.partition(IN_DATABASE)
        schema, _, name = table.rpartition(".")
        of_schema = f", schema_name = '{schema}'" if schema else ""
        query = f"select count(*) from read_duckdb('{file}', table_name = '{name}'{of_schema})"
    elif path.endswith(".parquet"):
        query = f"select count(*) from read_parquet('{path}', union_by_name = true)"
    else:
        return None
    try:
        [[count]] = duckdb.execute(query).fetchall()
    except duckdb.Error:
        return None
    return count


# -- what follows ----------------------------------------------------------------------------------


def supplied(found: Look) -> dict[str, set[str]]:
    """Return each input table of the connector with the extracts that it lacks."""
    return {
        table: {
            name
            for name in read_by(found.connector, f"{found.connector}__{table}")
            if name not in found.headers
        }
        for table in tables_of(found.connector)
    }


def variants() -> list[dict[str, str]]:
    """Return the catalogue of variants, with the tables that each needs."""
    return seed("kpi_variants")


def pay_is_detailed() -> bool:
    """Return whether pay is in a payroll, so that the ledger's salaries are not counted."""
    return any(row["detailed_by"] == "payroll" for row in seed("cost_accounts"))


def stages_are_typed(connector: str) -> bool:
    """Return whether the business has typed stages of a connector's deals."""
    path = ROOT / "seeds" / "reference" / "deal_stages.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return any(row["source_system"] == connector for row in csv.DictReader(lines))


def tell(found: Look) -> bool:
    """Print what is there, what it will give, and what to set; return whether the gate takes it."""
    print(f"{found.place} as {found.connector}:")
    by_label = labelled(found.connector)
    for extract in found.extracts:
        if extract.name not in found.headers:
            # The gate tells of files that are there and cannot be read.
            if not extract.is_optional and not places(extract.candidate_paths):
                looked_for = ", ".join(extract.candidate_paths)
                print(f"  {extract.name}: MISSING; looked for {looked_for}")
            continue
        path, header = found.headers[extract.name]
        rows = row_count(path, extract)
        size = f"{len(header)} columns" + ("" if rows is None else f", {rows:,} rows")
        print(f"  {extract.name}: {path} ({size})")
        if lacking := found.missing_columns(extract, optional=False):
            print(f"      MISSING columns: {', '.join(lacking)}")
        lacking = found.missing_columns(extract, optional=True)
        lacking = [name for name in lacking if not name.startswith(OF_LOADERS)]
        if unknown := [name for name in lacking if (extract.name, name) not in by_label]:
            print(f"      without: {', '.join(unknown)}")
        if sought := [name for name in lacking if (extract.name, name) in by_label]:
            print(f"      by the labels of fields, where they have one: {', '.join(sought)}")
    for report in found.reports:
        print(f"      {report.file}: {report.shape}, {len(report.rows):,} rows")
        for advice in advice_on(found, report):
            print(f"          {advice}")
    for fault in found.faults:
        print(_filled(f"REFUSED: {fault}"))

    absent = [
        extract.name
        for extract in found.extracts
        if extract.is_optional and extract.name not in found.headers
    ]
    if absent:
        print(_filled(f"not there, and may be missing: {', '.join(absent)}"))

    tables = supplied(found)
    there = {
        table
        for table, lacking in tables.items()
        if lacking != read_by(found.connector, f"{found.connector}__{table}") or not lacking
    }
    if "pipelines" in tables and stages_are_typed(found.connector):
        there.add("pipelines")
    pay_is_in_ledger = "expense_ledger" in there and not pay_is_detailed()
    with_figures: set[str] = set()
    reasons: dict[str, set[str]] = {}
    for row in variants():
        # Each is needed; where there is an "or", one of two.
        needs = row["inputs"].split("|")
        is_paid = pay_is_in_ledger and row["kpi"] not in OF_ONE_REP
        given = there | ({"payroll"} if is_paid else set())
        lacking = {need for need in needs if not given & set(need.split(" or "))}
        if not lacking:
            with_figures.add(row["kpi"])
        elif len(lacking) < len(reasons.get(row["kpi"], lacking | {""})):
            reasons[row["kpi"]] = lacking
    without = {kpi: why for kpi, why in reasons.items() if kpi not in with_figures}
    print(f"KPIs with figures: {len(with_figures)} of {len(with_figures) + len(without)}")
    for kpi in sorted(with_figures & set(UNLESS_FILLED)):
        print(_filled(f"null unless a row has {UNLESS_FILLED[kpi]}: {kpi}"))
    by_reason: dict[str, list[str]] = {}
    for kpi, why in sorted(without.items()):
        by_reason.setdefault(", ".join(sorted(why)), []).append(kpi)
    for why, kpis in sorted(by_reason.items()):
        print(_filled(f"null without {why}: {', '.join(kpis)}"))
    if "expense_ledger" in there and "payroll" not in there and not pay_is_in_ledger:
        print(
            _filled(
                "payroll may stand in the ledger: then leave detailed_by of its salary accounts "
                "empty in seeds/reference/cost_accounts.csv"
            )
        )

    if "pipelines" in tables and "pipelines" not in there:
        print(
            _filled(
                "the build stops without pipelines: type the stages of the deals into "
                "seeds/reference/deal_stages.csv, a line for each, with source_system "
                f"{found.connector}"
            )
        )
    stops = stops_of(found)
    if stops:
        print("The build would stop:")
        for message in stops:
            print(f"  STOP    {message}")

    print("Set in the variables of dbt_project.yml:")
    print(f"  connectors: [{found.connector}]")
    print(f"  extracts_dir: {as_yaml({found.connector: str(found.place)})}")
    if found.schema:
        print(f"  extract_schemas: {as_yaml({found.connector: found.schema})}")
    if found.written:
        options = ", ".join(f"{name}: {value!r}" for name, value in found.written.items())
        print(f"  extract_formats: {{{found.connector}: {{{options}}}}}")
    print("then: make build")
    return not stops and ("pipelines" not in tables or "pipelines" in there)


def stops_of(found: Look) -> list[str]:
    """Return what the gate would say of the files, each cause in a line."""
    from expectations.extracts import findings_of

    return [
        finding.message
        for finding in findings_of(found.extracts)
        if not finding.is_met and not finding.explained_by
    ]


def as_yaml(value: dict[str, str]) -> str:
    """Return a mapping as YAML has it in one line: a path may hold a colon or a quote."""
    return yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000).strip()


def advice_on(found: Look, report: Report) -> list[str]:
    """Say where the seed of platforms does not fit how a report writes days and amounts."""
    if found.connector != OF_PLATFORMS:
        return []
    [platform] = [row for row in seed("spend_platforms") if row["platform"] == report.shape] or [{}]
    if not platform:
        return [f"add {report.shape} to seeds/reference/spend_platforms.csv"]
    return [
        f"seeds/reference/spend_platforms.csv has {name} {platform[name]!r}, the file {value!r}"
        for name, value in writing_of_cells(cells_of([report])).items()
        # Where two formats are possible, the seed has named one.
        if not platform[name] or platform[name] not in value
    ]


def _filled(text: str) -> str:
    """Return a line of a list, cut into lines of a page."""
    return textwrap.fill(
        text,
        width=100,
        initial_indent="  ",
        subsequent_indent="      ",
        break_on_hyphens=False,
    )


def main(arguments: list[str]) -> int:
    """Look, and return the exit code."""
    source, place = [*arguments, "", ""][:2]
    known = connectors()
    source = next((name for name in known if name == source.lower()), source)
    if not place or (source and source not in known):
        if place:
            near = difflib.get_close_matches(source.lower(), known, 1)
            print(f"There is no connector {source}{f'; did you mean {near[0]}?' if near else '.'}")
        print(f"make connect SOURCE=<{' | '.join(known)}> DIR=<folder or .duckdb file>")
        return 1
    path = Path(place)
    if trouble := trouble_with(path):
        print(trouble)
        return 1
    looks = [look(connector, path) for connector in ([source] if source else known)]
    best = max(looks, key=lambda found: (found.fits, len(found.headers)))
    if not best.headers:
        names = sorted(extract.name for found in looks for extract in found.extracts)
        print(
            f"{place} has nothing that {source or 'any connector'} reads. It looks for e.g. ",
            end="",
        )
        print(", ".join(dict.fromkeys(names)))
        for fault in best.faults if source else []:
            print(_filled(fault))
        if path.is_dir():
            files = sorted(file.name for file in path.iterdir())
            more = ", …" if len(files) > SHOWN_FILES else ""
            print(f"The folder has: {', '.join(files[:SHOWN_FILES]) or 'no file'}{more}")
        return 1
    return 0 if tell(best) and best.fits else 1


def trouble_with(path: Path) -> str:
    """Return in a sentence why nothing can be found at a place; empty if something may be."""
    if not path.exists():
        return f"There is no folder or file {path}."
    if path.is_file() and path.suffix != ".duckdb":
        return f"{path} is one file: DIR is the folder that it lies in, here {path.parent}."
    if path.is_file() and (trouble := trouble_with_database(path)):
        return f"{path} is {trouble}."
    databases = sorted(path.glob("*.duckdb")) if path.is_dir() else []
    if databases and not any(path.glob("*.csv")) and not any(path.glob("**/*.parquet")):
        return f"{path} is a folder with a DuckDB file; name the file: DIR={databases[0]}"
    return ""


if __name__ == "__main__":
    # A reader that has seen enough, such as `head`, ends it in silence.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))
