"""Broken files of a user: one clear message, exit code not 0, the published file untouched.

Files that are broken in different tables share one real `dbt build`, since each must then give one
message of its own and no more; each kind of breakage alone is also tested on the gate directly,
which takes milliseconds.
"""

import csv
import hashlib
import io
import random
import re
import shutil

import duckdb
import pytest
from builds import BUILD, once
from conftest import ROOT, dbt

from expectations.extracts import check_extracts
from expectations.scans import scan_extract

SEEDS = ROOT / "seeds" / "demo"
TABLES = sorted(
    path.stem.removeprefix("input_") for path in (ROOT / "models" / "inputs").glob("*.sql")
)


# -- how a file is broken: from the text of a good file to the bytes of a bad one ------------------


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def text_of(rows, newline="\n", delimiter=","):
    out = io.StringIO()
    csv.writer(out, lineterminator=newline, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def with_rows(change):
    """Return a breakage that gets the rows, header first, and gives back rows."""
    return lambda text: text_of(change(rows_of(text))).encode()


def without_column(name):
    def change(rows):
        place = rows[0].index(name)
        return [row[:place] + row[place + 1 :] for row in rows]

    return with_rows(change)


def with_column_set(name, value, rows_to_change=slice(1, None)):
    def change(rows):
        place = rows[0].index(name)
        for row in rows[rows_to_change]:
            row[place] = value
        return rows

    return with_rows(change)


def with_ragged_rows(rows):
    return [*rows[:2], rows[2][:-1], rows[3], [*rows[4], "one more"], *rows[5:]]


def with_two_versions(rows):
    return [*rows, [rows[1][0], "Another name", *rows[1][2:]]]


def semicolons(text):
    return text_of(rows_of(text), delimiter=";").encode()


def opened_quote(text):
    lines = text.splitlines(keepends=True)
    lines[4] = lines[4].replace(",", ',"', 1)
    return "".join(lines).encode()


# table -> breakage, and the message that it must lead to. None: the file goes, or is a folder.
BROKEN_FILES = {
    "owners": (
        lambda text: text.encode("latin-1", errors="replace"),
        r"demo\.owners: file_is_utf8: \d+ of 2\d lines of \S+/owners\.csv \(line 2, .*…\) have "
        r"text that is not UTF-8; save the file as UTF-8",
    ),
    "companies": (
        opened_quote,
        r"demo\.companies: quote_is_closed: 1 of [\d,]+ lines of \S+/companies\.csv \(line 5\) has "
        r"a quote that is opened and not closed.*",
    ),
    "contacts": (
        without_column("createdate"),
        r"demo\.contacts\.createdate: column_is_in_the_header: 1 of 10 columns is missing in "
        r"\S+/contacts\.csv: createdate; its header is: hs_object_id, email, .*…",
    ),
    "contact_companies": (
        lambda _: random.Random(5).randbytes(20_000),
        r"demo\.contact_companies: file_is_text: \S+/contact_companies\.csv is binary; save it as "
        r"CSV in UTF-8",
    ),
    "lifecycle_history": (
        None,
        r"demo\.lifecycle_history: file_is_found: there is no file \S+/lifecycle_history\.csv; "
        r"restore it, or, if there is none to come, remove its entry in "
        r"models/connectors/demo/demo__sources\.yml, the models beside it that read it and their "
        r"tables in connector_tables",
    ),
    "pipelines": (
        None,
        r"demo\.pipelines: file_is_found: \S+/pipelines\.csv is a folder, not a file",
    ),
    "deals": (
        semicolons,
        r"demo\.deals: column_is_in_the_header: 16 of 16 columns are missing in \S+/deals\.csv: "
        r"hs_object_id, dealname, pipeline, dealstage, amount, …; its header is: .* "
        r"\(separated by semicolons; save the file with commas, or, if all files of the source "
        r"have them, set its delimiter in extract_formats\)",
    ),
    "deal_contacts": (
        lambda _: b"",
        r"demo\.deal_contacts: file_is_not_empty: \S+/deal_contacts\.csv is empty, without even a "
        r"header; export it again",
    ),
    "deal_stage_history": (
        with_rows(with_ragged_rows),
        r"demo\.deal_stage_history: row_has_as_many_values_as_the_header: 2 of [\d,]+ lines of "
        r"\S+/deal_stage_history\.csv \(line 3, 5\) have more or fewer than the 3 values of the "
        r"header",
    ),
    "quotes": (
        with_column_set("hs_status", "ACCEPT\x00ED", slice(1, 8)),
        r"demo\.quotes: file_is_text: 7 of [\d,]+ lines of \S+/quotes\.csv \(line 2, 3, 4, 5, 6, "
        r"…\) have NUL bytes, as binary files do",
    ),
    "activities": (
        lambda text: text.encode("utf-16"),
        r"demo\.activities: file_is_text: \S+/activities\.csv is UTF-16 text; save it as CSV in "
        r"UTF-8",
    ),
    "campaigns": (
        lambda text: text.replace("campaign_name", "currency", 1).encode(),
        r"demo\.campaigns\.campaign_name: column_is_in_the_header: 1 of 7 columns is missing .*",
    ),
}

# Rows that break a critical rule; each in a table of its own.
BROKEN_ROWS = {
    "contacts": (
        with_column_set("hs_object_id", "", slice(3, 5)),
        r"contacts\.contact_id: key_is_not_null: 2 of [\d,]+ rows; hs_object_id in contacts\.csv, "
        r"lines 4, 5",
    ),
    "companies": (
        with_rows(with_two_versions),
        r"companies\.company_id: key_has_one_row: 2 of [\d,]+ rows, e\.g\. 500001; hs_object_id in "
        r"companies\.csv, lines \d+, \d+",
    ),
    "quotes": (
        with_column_set("createdate", "31/02/2024"),
        r"quotes\.created_at: no_more_than_5%_of_the_rows_are_rejected: ([\d,]+) of \1 rows from "
        r"demo, most of them by quotes\.created_at: is_a_moment_like_\S+: \1 of \1 rows, e\.g\. "
        r"(\d+ \('31/02/2024'\)(, )?){5}; read from createdate of quotes\.csv; they look like "
        r"day/month/year dates \(the first number goes up to 31\): convert them in the connector, "
        r"e\.g\. strptime\(created_at, '%d/%m/%Y'\)",
    ),
    "web_sessions": (
        with_rows(lambda rows: rows[:1] + rows[1:] * 2),
        r"web_sessions\.session_id: no_more_than_5%_of_the_rows_are_rejected: ([\d,]+) of [\d,]+ "
        r"rows from demo, most of them by web_sessions\.session_id: row_is_not_a_copy: \1 of "
        r"[\d,]+ rows, e\.g\. (\w+(, )?){5}; in web_sessions\.csv, lines (\d+, ){5}…; to go on "
        r"without these rows, set "
        r"--vars '\{max_rejected_share: \{default: 0.05, web_sessions: 0\.[56]\d?\}\}'",
    ),
    "activities": (
        with_rows(lambda rows: rows[: len(rows) // 3]),
        r"activities: load_did_not_drop_by_more_than_5%: 3,4\d\d rows from demo, 10,341 in the "
        r"published load; months that lost rows: (\d{4}-\d\d \(\d+ of \d+\), ){5}…; if that is "
        r"right, build once with --vars '\{max_load_drop_share: \{default: 0.5, activities: 1\}\}'",
    ),
    # A cost that no seed maps would be in no figure.
    "expense_ledger": (
        with_column_set("account_code", "999999", slice(7, 9)),
        r"expense_ledger\.account_code: is_known_in_cost_accounts: 2 of 1,040 rows, e\.g\. L010007 "
        r"\('999999'\), L010008 \('999999'\); in expense_ledger\.csv, lines 8, 9; add it to "
        r"seeds/reference/cost_accounts\.csv",
    ),
    "payroll": (
        with_column_set("department", "Moon", slice(7, 9)),
        r"payroll\.department: is_known_in_departments: 2 of 1,131 rows, e\.g\. 2023-01-01 / "
        r"E70007 / Moon \('Moon'\), 2023-01-01 / E70008 / Moon \('Moon'\); in payroll\.csv, lines "
        r"8, 9; add it to seeds/reference/departments\.csv",
    ),
}


def moved_names(rows):
    """The names of the header in another order, the values in the old one."""
    return [rows[0][-1:] + rows[0][:-1], *rows[1:]]


# Tables that others refer to: each must be named alone, not with the orphans that it makes.
BROKEN_PARENTS = {
    "deals": (
        with_rows(lambda rows: rows[:1]),
        r"deals: required_table_is_not_empty: no row from demo",
    ),
    "contacts": (
        with_rows(moved_names),
        r"contacts\.created_at: no_more_than_5%_of_the_rows_are_rejected: ([\d,]+) of \1 rows from "
        r"demo, most of them by contacts\.created_at: is_a_moment_like_\S+: \1 of \1 rows, e\.g\. "
        r"(\S+ \('false'\)(, )?){5}; read from createdate of contacts\.csv; do the names of the "
        r"header stand above the right columns\?",
    ),
    # Not required, so that it is missed only because it was there before.
    "invoices": (
        with_rows(lambda rows: rows[:1]),
        r"invoices: load_did_not_drop_by_more_than_5%: 0 rows from demo, 2,481 in the published "
        r"load; months that lost rows: 2023-03 to 2025-12 \(all 2,481\); if that is right, build "
        r"once with --vars '\{max_load_drop_share: \{default: 0.5, invoices: 1\}\}'",
    ),
}


# -- the builds, each made once for all workers ----------------------------------------------------


def checksum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def broken_build(demo_build, name, breakages):
    """Build from the demo's extracts with some of them broken, over a published demo."""
    folder = demo_build.folder.parent / name

    def build():
        broken = shutil.copytree(SEEDS, folder / "extracts")
        for table, (breakage, _) in breakages.items():
            path = broken / f"{table}.csv"
            content = breakage(path.read_text(encoding="utf-8")) if breakage else None
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            elif table == "pipelines":
                path.mkdir()
        (folder / "published").mkdir()
        shutil.copy2(demo_build.published_path, folder / "published" / "revops.duckdb")
        return dbt(folder, BUILD, extracts=broken)

    return once(folder, build)


@pytest.fixture(scope="session")
def broken_files(demo_build):
    return broken_build(demo_build, "broken_files", BROKEN_FILES)


@pytest.fixture(scope="session")
def broken_rows(demo_build):
    return broken_build(demo_build, "broken_rows", BROKEN_ROWS)


@pytest.fixture(scope="session")
def broken_parents(demo_build):
    return broken_build(demo_build, "broken_parents", BROKEN_PARENTS)


def stops(run):
    return re.findall(r"  STOP    (.*)", run.output)


BUILDS = {
    "broken_files": BROKEN_FILES,
    "broken_rows": BROKEN_ROWS,
    "broken_parents": BROKEN_PARENTS,
}


@pytest.mark.parametrize(
    ("build", "table"), [(build, table) for build in BUILDS for table in BUILDS[build]]
)
def test_a_broken_table_gives_one_message_that_names_the_cause(build, table, request):
    run = request.getfixturevalue(build)
    _, pattern = BUILDS[build][table]
    about_table = [s for s in stops(run) if re.match(rf"(demo\.)?{table}[.:]", s)]
    assert len(about_table) == 1, run.output
    assert re.fullmatch(pattern, about_table[0]), about_table[0]


@pytest.mark.parametrize("build", BUILDS)
def test_a_broken_build_tells_nothing_else_and_leaves_the_published_file(
    build, request, demo_build
):
    run = request.getfixturevalue(build)
    breakages = BUILDS[build]
    assert run.returncode == 1
    assert len(stops(run)) == len(breakages), run.output
    assert f"The inputs break {len(breakages)} critical rule(s). Nothing was published" in (
        run.output
    )
    assert "Traceback" not in run.output
    assert "INFO:" not in run.output
    assert "great_expectations" not in run.output
    assert checksum(run.published_path) == checksum(demo_build.published_path)
    assert [path.name for path in run.published_path.parent.iterdir()] == ["revops.duckdb"]


@pytest.mark.parametrize("build", BUILDS)
def test_nothing_downstream_of_the_gate_runs(build, request):
    run = request.getfixturevalue(build)
    gate = "extract_checks" if build == "broken_files" else "input_checks"
    downstream, found = set(), [f"model.revops.{gate}"]
    while found:
        children = set(run.manifest["child_map"][found.pop()]) - downstream
        downstream |= children
        found += children
    status = {result["unique_id"]: result["status"] for result in run.run_results["results"]}
    ran = {node for node in downstream if status.get(node, "skipped") != "skipped"}
    assert {node.split(".")[2] for node in ran} == {f"no_critical_rule_is_broken_{gate}_"}
    assert [status[node] for node in ran] == ["fail"]
    assert {f"model.revops.stg_{table}" for table in TABLES} <= downstream
    assert {"model.revops.fct_deals", "model.revops.publications"} <= downstream


def test_what_follows_from_a_cause_is_counted_and_kept(broken_parents):
    found = re.search(
        r"(\d+) more broken rule\(s\) follow from this: see explained_by in quality\.input_checks",
        broken_parents.output,
    )
    with duckdb.connect(str(broken_parents.build_path), read_only=True) as con:
        rows = con.execute(
            "select table_name || ' ' || split_part(rule, '_', 1), explained_by "
            "from quality.input_checks where explained_by is not null"
        ).fetchall()
    assert int(found[1]) == len(rows)
    explained = dict(rows)
    assert explained["activities ids"] == explained["lifecycle_history no"]
    assert explained["deals load"] == "deals: required_table_is_not_empty"
    assert explained["quotes no"] == "deals: required_table_is_not_empty"
    assert explained["invoice_lines no"] == "invoices: load_did_not_drop_by_more_than_5%"
    assert explained["lifecycle_history no"] == (
        "contacts.created_at: no_more_than_5%_of_the_rows_are_rejected"
    )


# -- the look at the files, one breakage at a time -------------------------------------------------


@pytest.fixture(scope="session")
def declared(demo_build):
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        return con.sql("from quality.extracts").df()


@pytest.fixture
def check(declared, demo_extracts):
    """A function that checks the extracts, or one, and returns the messages of what is broken."""

    def run(folder=demo_extracts, extract=None):
        asked = declared if extract is None else declared[declared["extract_name"] == extract]
        frame = asked.assign(
            candidate_paths=asked["candidate_paths"].str.replace(
                r"seeds/demo", str(folder), regex=False
            )
        )
        con = duckdb.connect()
        relation = check_extracts(con, frame)
        return [m for [m] in relation.filter("not is_met").project("message").fetchall()]

    return run


@pytest.mark.parametrize("table", BROKEN_FILES)
def test_one_broken_file_alone(table, check, demo_extracts):
    path = demo_extracts / f"{table}.csv"
    breakage, pattern = BROKEN_FILES[table]
    content = breakage(path.read_text(encoding="utf-8")) if breakage else None
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    elif table == "pipelines":
        path.mkdir()
    [message] = check()
    assert re.fullmatch(pattern, message), message


def test_good_files_break_nothing(check):
    assert check() == []


def test_a_missing_folder_is_one_message_and_not_one_per_file(check, tmp_path):
    assert check(tmp_path / "nowhere") == [
        f"demo: folder_is_found: there is no folder {tmp_path}/nowhere; is extracts_dir right?"
    ]


def test_what_to_do_about_missing_files_is_said_once(check, declared, tmp_path):
    messages = check(tmp_path)
    assert len(messages) == declared["extract_name"].nunique()
    assert [message for message in messages if "restore it" in message] == messages[:1]


def test_a_connector_without_a_folder_is_one_message(declared):
    frame = declared.assign(candidate_paths="")
    relation = check_extracts(duckdb.connect(), frame)
    assert relation.filter("not is_met").project("message").fetchall() == [
        ("demo: folder_is_found: extracts_dir names no folder for it; add demo: <folder>",)
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04" + b"\x00" * 50, "is an Excel workbook or a zip archive"),
        (b"\xef\xbb\xbf", "is empty, without even a header"),
        (b"\n\r\n  \n", "is empty, without even a header"),
        ("id;a\n1;é\n".encode("utf-16-le"), "is UTF-16 text, or binary"),
        (
            b"contact_id,company_id,is_primary\r\r\n1,2,true\r\r\n",
            r"line 1, 3\) have a carriage return",
        ),
        (b'"id,a\n1,2\n', r"line 1\) has a quote that is opened and not closed"),
        (b'contact_id,company_id,is_primary\n1,2,"x"y\n', r"\(line 2\) has a quote"),
        (b'contact_id,company_id,is_primary\n1,2,"true\n3,4,true\n', r"\(line 2\) has a quote"),
        (b'contact_id,company_id,is_primary\n1,2, "true\n3,4,true\n', r"\(line 2\) has a quote"),
        (b"contact_id\tcompany_id\tis_primary\n1\t2\ttrue\n", "separated by tabs"),
        (
            b"contact_id,company_id,company_id,is_primary\n1,2,3,true\n",
            "1 of 3 columns is repeated",
        ),
        (
            b"contact_id,company_id,is_primary\n1," + b"2" * 2_000_000 + b",true\n",
            r"\(line 2\) has a row of 2,000,000 bytes or more",
        ),
    ],
)
def test_other_broken_files(content, message, check, demo_extracts):
    (demo_extracts / "contact_companies.csv").write_bytes(content)
    [found] = check(extract="contact_companies")
    assert found.startswith("demo.contact_companies")
    assert re.search(message, found), found


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (["parquet"], r"{0}\.csv and {0}\.parquet are both there"),
        (["folder"], r"{0}\.csv and {0}/\*\.parquet are both there"),
        (["parquet", "folder"], r"{0}\.csv and {0}\.parquet and {0}/\*\.parquet are all there"),
    ],
)
def test_an_extract_in_two_places_stops_and_none_of_them_is_read(
    others, message, check, demo_extracts
):
    (demo_extracts / "deals").mkdir()
    assert check(extract="deals") == []
    # Nothing else is said about the CSV file: it may be the superfluous one.
    (demo_extracts / "deals.csv").write_bytes(b"something else")
    for other in others:
        place = {"parquet": "deals.parquet", "folder": "deals/1.parquet"}[other]
        duckdb.execute(f"copy (select 1 as hs_object_id) to '{demo_extracts / place}'")
    [found] = check(extract="deals")
    assert found.startswith("demo.deals: extract_is_in_one_place: "), found
    assert re.search(message.format(re.escape(str(demo_extracts / "deals"))), found), found
    assert found.endswith("; keep the one that is to be read")


# Lines that people and spreadsheets leave above the header, each with its end of line.
ABOVE_HEADERS = [
    b"\n",
    b"\r\n\n  \t\n",
    b",,\n",
    b'"","",""\r\n,\n',
    b"\xef\xbb\xbf\n",
    b"\xef\xbb\xbf,,,\r\n\r\n",
    b"\xef\xbb\xbf",
]


@pytest.mark.parametrize("above", ABOVE_HEADERS)
def test_blank_lines_above_the_header_are_no_header(above, check, demo_extracts):
    path = demo_extracts / "contact_companies.csv"
    good = path.read_bytes()
    path.write_bytes(above + good)
    assert check(extract="contact_companies") == []
    # The lines that a message names are those of the file.
    path.write_bytes(above + good.replace(b",true\n", b"\n", 1))
    [found] = check(extract="contact_companies")
    wrong = good.splitlines().index(next(x for x in good.splitlines() if x.endswith(b",true"))) + 1
    assert f"(line {above.count(bytes([10])) + wrong})" in found


def test_blank_lines_that_end_unlike_the_others_stop(check, demo_extracts):
    """DuckDB loses a letter of each row of such a file."""
    path = demo_extracts / "contact_companies.csv"
    path.write_bytes(b" \r\n\r\n" + path.read_bytes().replace(b"\n", b"\r"))
    [found] = check(extract="contact_companies")
    assert "have a carriage return alone at the end" in found


def test_duckdb_finds_the_header_and_the_folder_that_the_look_found(run_dbt, tmp_path):
    """In one build: seven files with lines above the header, in a folder that looks like a pattern.

    Its neighbour matches the pattern, and so does a folder of Parquet parts.
    """
    folder, neighbour = tmp_path / "all [ab]*?" / "month=1", tmp_path / "all ab" / "month=1"
    shutil.copytree(SEEDS, folder)
    shutil.copytree(SEEDS, neighbour)
    tables = ["owners", "plans", "quotas", "payroll", "contact_companies", "campaigns", "pipelines"]
    for table, above in zip(tables, ABOVE_HEADERS, strict=True):
        path = folder / f"{table}.csv"
        path.write_bytes(above + path.read_bytes())
    for place in (folder, neighbour):
        (place / "feedback_submissions").mkdir()
        duckdb.execute(
            f"copy (select *, '{place.parent.name}' as place from "
            f"read_csv('{SEEDS}/feedback_submissions.csv', all_varchar = true)) "
            f"to '{place}/feedback_submissions/1.parquet'"
        )
        (place / "feedback_submissions.csv").unlink()
    tables.append("feedback_submissions")
    models = ["extracts", "extract_checks", "extract_headers"]
    models += ["deal_stages", "lifecycle_words", "owner_teams", "ledger_departments"]
    models += [layer + table for layer in ("demo__", "input_") for table in tables]
    run = run_dbt(
        ["build", "--exclude-resource-type", "test", "unit_test", "--select", *models],
        extracts=folder,
    )
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        for table in tables:
            with (SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
                expected = sum(1 for _ in csv.reader(lines)) - 1
            [[found]] = con.sql(f"select count(*) from inputs.input_{table}").fetchall()
            assert found == expected, table


def test_a_header_in_other_case_with_blanks_or_in_another_order_is_right(check, demo_extracts):
    path = demo_extracts / "contact_companies.csv"
    rows = rows_of(path.read_text(encoding="utf-8"))
    rows[0] = [" Contact_ID", "COMPANY_ID ", "is_primary"]
    path.write_text(text_of([row[::-1] for row in rows]), encoding="utf-8")
    assert check() == []


def test_parquet_parts_are_compared(check, demo_extracts):
    (demo_extracts / "contact_companies.csv").unlink()
    folder = demo_extracts / "contact_companies"
    folder.mkdir()
    for name, query in {
        "1": "select 'a' as contact_id, 'b' as company_id, true as is_primary",
        "2": "select 'a' as contact_id, 'b' as company_id",
    }.items():
        duckdb.execute(f"copy ({query}) to '{folder}/{name}.parquet'")
    # A loader adds a column when it first has a value.
    assert check() == []
    duckdb.execute(f"copy (select 'no' as is_primary) to '{folder}/3.parquet'")
    [message] = check()
    assert "parts_have_the_same_types: 1 files of" in message
    assert message.endswith("another type in a column than the parts before: 3.parquet")
    (folder / "3.parquet").unlink()
    (folder / "2.parquet").write_bytes(b"PAR1 cut off")
    [message] = check()
    assert "is no readable Parquet (2.parquet)" in message


def test_whatever_the_look_at_a_file_accepts_duckdb_reads_the_same(tmp_path, demo_build):
    """Nothing is lost between the two readers: seeded random files of awkward characters."""
    compiled = "compiled/revops/models/connectors/demo/demo__deals.sql"
    sql = (demo_build.target_path / compiled).read_text(encoding="utf-8")
    [reader] = re.findall(r"\(select .* from read_csv\(.*\)\)", sql)
    draw = random.Random(20240101)
    path = tmp_path / "thing.csv"
    pieces = [
        "a",
        "é",
        ",",
        ",",
        '"',
        '""',
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "#",
        "'",
        "\\",
        ";",
        "1",
    ]
    accepted = 0
    con = duckdb.connect()
    for _ in range(2000):
        rows = [
            ",".join(
                draw.choice([word, word, f'"{word}"', ' "x"'])
                for _ in range(draw.choice([3, 3, 3, 3, 2]))
                for word in ["".join(draw.choices(pieces, k=draw.randint(0, 3)))]
            )
            for _ in range(draw.randint(0, 4))
        ]
        newline = draw.choice(["\n", "\r\n", "\r"])
        content = newline.join(["h1,h2,h3", *rows]) + draw.choice(["", newline])
        path.write_bytes(content.encode())
        scan = scan_extract("c", "thing", [str(path)])
        faults = scan.lines_of_bad_quotes + scan.lines_of_bad_ends + scan.lines_of_wrong_length
        if not scan.is_readable or faults:
            continue
        accepted += 1
        expected = [
            tuple((value.strip(" \t\r\n") or None) for value in row)
            for row in csv.reader(io.StringIO(content, newline=""), skipinitialspace=True)
            if row
        ][1:]
        try:
            read = con.sql("from " + reader.replace("seeds/demo/deals.csv", str(path))).fetchall()
        except duckdb.Error as error:
            pytest.fail(f"{content!r}: {error}")
        got = [tuple(v or None for v in row) for row in read]
        assert got == expected, content
    assert accepted > 300


# -- files that look odd and are right, and cells that must be set aside one by one ----------------

# Texts that people and programs write into cells. No cast of staging could take any of them.
ODD_CELLS = [
    "nan",
    "inf",
    "-Infinity",
    "1e400",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "1" * 40,
    "Yes",
    "\N{GRINNING FACE}",
    "٣٠",
    "31/02/2024",
    "2024-02-30",
    "null",
    "x" * 300_000,
]
FIRST_ODD_ROW = 10
# table -> columns of the extract that have a type.
TYPED_COLUMNS = {
    "companies": ["numberofemployees", "createdate", "archived"],
    "contacts": ["hubspotscore", "createdate", "archived"],
    "deals": ["amount", "createdate", "closedate"],
    "quotes": ["hs_quote_amount", "createdate", "sent_at"],
    "activities": ["hs_timestamp"],
    "lifecycle_history": ["entered_at"],
    "web_sessions": ["started_at", "duration_seconds", "page_views"],
    "subscriptions": ["quantity"],
    "invoices": ["amount_excl_tax", "tax_amount", "issued_on", "paid_on"],
    "invoice_lines": ["quantity", "amount_excl_tax", "period_end"],
}
BILLING = ["subscriptions", "invoices", "invoice_lines"]
# Columns whose wrong cells are taken as empty: the row is kept.
BLANKED = {
    "companies": ["numberofemployees", "archived"],
    "contacts": ["hubspotscore", "archived"],
    "web_sessions": ["duration_seconds", "page_views"],
    "invoice_lines": ["quantity"],
}
# Cells that are right in one of them.
RIGHT = {"archived": ["Yes"], "period_end": ["9999-12-31"]}


def wrong_cells(columns):
    """Return each odd cell and how many of the columns it is wrong in."""
    return {
        cell: sum(cell not in RIGHT.get(column, []) for column in columns) for cell in ODD_CELLS
    }


def with_odd_cells(table):
    def change(rows):
        number = FIRST_ODD_ROW
        for column in TYPED_COLUMNS[table]:
            for cell in ODD_CELLS:
                rows[number][rows[0].index(column)] = cell
                number += 1
            # An empty text in quotes is no value, not a wrong one.
            number += 1
        return rows

    return change


def odd_extracts(folder):
    """Write the demo's extracts anew: the same content in every legal shape, and the odd cells."""
    shutil.copytree(SEEDS, folder)

    def rewrite(table, change, newline="\n", mark=b""):
        path = folder / f"{table}.csv"
        rows = change(rows_of(path.read_text(encoding="utf-8")))
        path.write_bytes(mark + text_of(rows, newline).encode())

    def with_extra_column(rows):
        rows = with_odd_cells("contacts")(rows)
        return [
            ["a new column", *rows[0]],
            *([f"any, {n}", *row] for n, row in enumerate(rows[1:])),
        ]

    def with_blanks(rows):
        odd = with_odd_cells("deals")(rows)
        return [odd[0], *([f" \t{value}\u00a0 \r\n" for value in row] for row in odd[1:])]

    def with_line_breaks(rows):
        rows = with_odd_cells("companies")(rows)
        for row in rows[1:500:7]:
            row[1] = row[1] + "\r\nsecond line\nand \"third\", 'last'"
        return rows

    def with_hashes(rows):
        rows = with_odd_cells("activities")(rows)
        return [rows[0], ["#1", "#call", *rows[1][2:]], *rows[1:], ["#2", "a # b", *rows[2][2:]]]

    rewrite("owners", lambda rows: rows, "\r\n", mark=b"\xef\xbb\xbf")
    rewrite("contacts", with_extra_column, "\r\n")
    rewrite("deals", with_blanks)
    rewrite("activities", with_hashes)
    rewrite("deal_stage_history", lambda rows: rows, "\r")
    rewrite("companies", with_line_breaks, "\r\n")
    for table in ("quotes", "lifecycle_history", "web_sessions", *BILLING):
        rewrite(table, with_odd_cells(table))
    path = folder / "web_sessions.csv"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(
        b"".join(line + draw for line, draw in zip(lines, _ends(len(lines)), strict=True))
    )


def _ends(count):
    draw = random.Random(7)
    return [draw.choice([b"\n", b"\r\n"]) for _ in range(count - 1)] + [b""]


@pytest.fixture(scope="session")
def odd_build(demo_build):
    folder = demo_build.folder.parent / "odd_build"

    def build():
        odd_extracts(folder / "extracts")
        (folder / "published").mkdir()
        shutil.copy2(demo_build.published_path, folder / "published" / "revops.duckdb")
        return dbt(folder, BUILD, extracts=folder / "extracts")

    return once(folder, build)


@pytest.fixture
def odd(odd_build, demo_build):
    """A connection to the build of the odd extracts, with the demo's attached as `demo`."""
    with duckdb.connect() as con:
        con.execute(f"attach '{odd_build.build_path}' as odd (read_only)")
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute("use odd")
        yield con


def test_odd_files_are_built_and_published(odd_build, demo_build):
    assert odd_build.returncode == 0, odd_build.output
    assert "Traceback" not in odd_build.output
    assert "INFO:" not in odd_build.output
    assert checksum(odd_build.published_path) != checksum(demo_build.published_path)
    # Messages stay readable, whatever stands in a cell.
    assert max(len(line) for line in odd_build.output.splitlines()) < 1_000


def test_inputs_with_other_cells_are_named_and_what_they_moved_is_restated(odd_build):
    """Compared with the demo, which was published before; owners only have other line ends."""
    with duckdb.connect(str(odd_build.published_path), read_only=True) as con:
        comparisons = con.sql(
            "select comparison from kpis.kpi_publications order by published_at"
        ).fetchall()
        changes = dict(con.sql("select table_name, change from kpis.input_changes").fetchall())
        restated = con.sql(
            "select distinct kpi, changed_inputs from kpis.kpi_restatements"
        ).fetchall()
        read = {
            kpi: set(tables)
            for kpi, tables in con.sql(
                "select kpi, list(table_name) from kpis.kpi_inputs group by kpi"
            ).fetchall()
        }
        [[moved, remembered]] = con.sql(
            "select count(*) filter (change in ('moved', 'appeared', 'vanished')), "
            "(select sum(move_count) from kpis.kpi_history) from kpis.kpi_published_changes"
        ).fetchall()
        # The values before are those of the demo's file.
        con.execute(
            f"attach '{odd_build.folder.parent / 'demo_build'}/published/revops.duckdb' "
            "as demo (read_only)"
        )
        before = (
            "select kpi, variant, period_grain, period_start, dimension, segment, value, "
            "null_reason, is_provisional from {}"
        )
        ended = (
            "kpis.kpi_values_as_published as figures, "
            "(select min(published_at) as moment from kpis.kpi_publications) as first "
            "where published_from <= moment and published_until > moment"
        )
        unknown = con.sql(
            f"{before.format(ended)} except {before.format('demo.kpis.kpi_values')}"
        ).fetchall()
        [[said]] = con.sql(f"select count(*) from {ended}").fetchall()
    assert comparisons == [("first",), ("compared",)]
    changed = {table for table, change in changes.items() if change != "none"}
    assert set(TYPED_COLUMNS) <= changed
    assert not {"owners", "plans", "payroll", "exchange_rates"} & changed
    assert {kpi: inputs for kpi, inputs in restated} == {
        kpi: ", ".join(sorted(changed & read[kpi])) for kpi, _ in restated
    }
    assert {"win_rate", "mrr", "web_sessions"} <= {kpi for kpi, _ in restated}
    assert moved == remembered
    assert unknown == []
    assert said > 0


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_lost(table, odd):
    [[arrived, staged, rejected]] = odd.sql(
        f"""
        select
            (select count(*) from inputs.input_{table}),
            (select count(*) from staging.stg_{table}),
            (select count(distinct input_row_id) from quality.rejected_rows
             where table_name = '{table}')
        """
    ).fetchall()
    with (SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        in_file = sum(1 for _ in csv.reader(lines)) - 1
    assert arrived == in_file + (2 if table == "activities" else 0)
    assert arrived == staged + rejected


@pytest.mark.parametrize("table", TYPED_COLUMNS)
def test_each_odd_cell_is_set_aside_with_its_rule_and_its_value(table, odd):
    blanked = BLANKED.get(table, [])
    rejecting = [column for column in TYPED_COLUMNS[table] if column not in blanked]
    for relation, value_name, columns in (
        ("rejected_rows", "rejected_value", rejecting),
        ("blanked_cells", "blanked_value", blanked),
    ):
        found = odd.execute(
            f"select rule, {value_name}, count(*) from quality.{relation} where table_name = ? "
            f"and {value_name} in (select unnest(?::varchar[])) group by all",
            [table, ODD_CELLS],
        ).fetchall()
        count = {}
        for rule, value, rows in found:
            assert re.match("is_a_|is_true_or_false", rule), rule
            count[value] = count.get(value, 0) + rows
        # 31/02/2024 and 2024-02-30 also stand in the demo's own rejected rows.
        own = {"31/02/2024": {"contacts": 1}, "2024-02-30": {"deals": 1}}
        expected = wrong_cells(columns)
        if relation == "rejected_rows":
            expected = {cell: n + own.get(cell, {}).get(table, 0) for cell, n in expected.items()}
        assert count == {cell: n for cell, n in expected.items() if n}, relation


def test_shape_changes_nothing(odd):
    for table in ("owners", "deal_stage_history", "deal_contacts", "contact_companies"):
        different = odd.sql(f"from staging.stg_{table} except from demo.staging.stg_{table}")
        assert different.fetchall() == [], table
    assert odd.sql("from demo.staging.stg_owners except from staging.stg_owners").fetchall() == []
    # Where cells were made odd on purpose, all other rows are the same.
    for table in ("deals", "contacts", "quotes", "lifecycle_history", "web_sessions", *BILLING):
        odd_count = (len(ODD_CELLS) + 1) * len(TYPED_COLUMNS[table])
        odd_rows = range(FIRST_ODD_ROW, FIRST_ODD_ROW + odd_count)
        # It lists the odd rows before that.
        kept = "* exclude (follows_rejected_status)" if table == "subscriptions" else "*"
        different = odd.execute(
            f"select {kept} from staging.stg_{table} "
            "where input_row_id not in (select unnest(?::bigint[])) "
            f"except select {kept} from demo.staging.stg_{table}",
            [list(odd_rows)],
        )
        assert different.fetchall() == [], table


def test_hashes_line_breaks_and_quotes_arrive_whole(odd):
    assert odd.sql(
        "select activity_id, activity_type from staging.stg_activities "
        "where activity_id like 'demo:#%' order by 1"
    ).fetchall() == [("demo:#1", "#call"), ("demo:#2", "a # b")]
    [[name]] = odd.sql(
        "select company_name from staging.stg_companies where company_id = 'demo:500001'"
    ).fetchall()
    assert name == "Daluxo\r\nsecond line\nand \"third\", 'last'"


def test_what_is_set_aside_and_what_is_only_doubtful_is_said(demo_build):
    said = re.findall(r"  (REJECT|WARN) +(\S.*)", demo_build.output)
    assert (
        "REJECT",
        "deals.close_date: is_a_day_like_2024-01-31: 1 of 1,568 rows, e.g. 9100901 ('2024-02-30'); "
        "in deals.csv, line 1566",
    ) in said
    warned = [message for severity, message in said if severity == "WARN"]
    assert any(m.startswith("contacts.source: is_known_in_channels: 4 of ") for m in warned)
    assert any(m.startswith("deals.close_date: is_not_before_created_at: 5 of ") for m in warned)
