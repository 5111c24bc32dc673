"""The macros of connectors: columns found by loose names, cells in one canonical form.

A small project reads the same three deals from a French spreadsheet, from a table that a loader has
written to a DuckDB file, and from Parquet parts of which the second has a column more.
"""

import re
import shutil
from types import SimpleNamespace

import duckdb
import gates
import pytest
import yaml
from conftest import ROOT, dbt
from lone_macros import RefusedError, lone_macros
from small_projects import write_small_project

from expectations.declared import Format
from expectations.scans import header_of

CON = gates.database()


COLUMNS = [
    {"name": "DealId", "config": {"meta": {"names": ["Record ID"]}}},
    {"name": "Amount", "config": {"meta": {"names": ["Montant"]}}},
    {"name": "Region__c", "config": {"meta": {"optional": True}}},
    {"name": "CloseDate", "config": {"meta": {"names": ["Fermée le"]}}},
    {"name": "IsWon", "config": {"meta": {"names": ["Gagnée"]}}},
]
DEALS = """
select
    {{ field('DealId') }} as deal_id,
    {{ money(field('Amount')) }} as amount,
    {{ field('region_c') }} as region,
    {{ day_of(field('CloseDate')) }} as close_date,
    {{ flag(field('IsWon')) }} as is_won

from {{ extract('SOURCE', 'deals') }}
"""
NOTES = """
select {{ field('Body') }} as body from {{ extract('SOURCE', 'notes') }}
"""
# Deal 2 closed at 23:30 UTC on 31 March, which is 1 April in Paris.
SPREADSHEET = """\

"Record ID";Montant;"Fermée le";"Gagnée"
1;"1 234,50 €";02/03/2025;oui
2;"1.000";01/04/2025 01:30;yes
3;;;no
"""
LOADED = """
    ('1', 1234.5, timestamptz '2025-03-02 10:00:00+00', true, 'Sud'),
    ('2', 1000, timestamptz '2025-03-31 23:30:00+00', true, null),
    ('3', null, null, false, null)
"""
EXPECTED = [
    ("1", 1234.5, "2025-03-02", True),
    ("2", 1000.0, "2025-04-01", True),
    ("3", None, None, False),
]


def declared(source):
    """Return the YAML of a source: one extract that must be there and one that may be missing."""
    notes = {
        "name": "notes",
        "config": {"meta": {"optional": True}},
        "columns": [{"name": "Body"}],
    }
    deals = {
        "name": "deals",
        "config": {"meta": {"names": ["Opportunity"]}},
        "columns": COLUMNS,
    }
    loose = {"meta": {"loose_names": True}}
    one = {"name": source, "schema": "raw", "config": loose, "tables": [deals, notes]}
    return yaml.safe_dump({"version": 2, "sources": [one]})


def write_project(project, folder):
    """Write a project of three connectors, the first gate and nothing else."""
    written = {}
    for source in ("sheet", "loader", "parts"):
        place = f"models/connectors/{source}"
        written |= {
            f"{place}/base/base_{source}__deals.sql": DEALS.replace("SOURCE", source),
            f"{place}/base/base_{source}__notes.sql": NOTES.replace("SOURCE", source),
            f"{place}/{source}__sources.yml": declared(source),
        }
    variables = {
        "connectors": ["sheet", "loader", "parts"],
        "connector_tables": {source: [] for source in ("sheet", "loader", "parts")},
        "extracts_dir": {
            "sheet": str(folder / "sheet"),
            "loader": str(folder / "loaded.duckdb"),
            "parts": str(folder / "parts"),
        },
        "extract_schemas": {"loader": "crm_data"},
        "extract_formats": {
            "sheet": {
                "delimiter": ";",
                "encoding": "windows-1252",
                "decimal_mark": ",",
                "date_format": "DD/MM/YYYY",
            }
        },
        "source_time_zones": {"sheet": "Europe/Paris"},
    }
    write_small_project(project, [], ["currency_units"], variables, written=written, has_gate=True)


def write_extracts(folder):
    (folder / "sheet").mkdir()
    text = SPREADSHEET.replace("oui", "yes")
    (folder / "sheet" / "Opportunity.csv").write_bytes(text.encode("cp1252"))
    with duckdb.connect(str(folder / "loaded.duckdb")) as con:
        con.execute("set TimeZone = 'UTC'")
        names = "deal_id, properties_amount, close_date, is_won, region__c"
        con.execute(f"""
            create schema crm_data; create schema other;
            create table crm_data.opportunity as from (values {LOADED}) as rows ({names});
            create table other.opportunity as select 1 as deal_id;
        """)
        (folder / "parts" / "deals").mkdir(parents=True)
        for part, (columns, where) in enumerate(
            [("* exclude (region__c)", "deal_id > '1'"), ("*", "deal_id = '1'")]
        ):
            path = folder / "parts" / "deals" / f"part-{part}.parquet"
            con.execute(
                f"copy (select {columns} from crm_data.opportunity where {where}) to '{path}'"
            )


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields")
    write_project(folder / "project", folder)
    write_extracts(folder)
    return folder


def build(world, tmp_path, **variables):
    return dbt(tmp_path, ["build"], project=world / "project", variables=variables or None)


@pytest.fixture(scope="module")
def built(world, tmp_path_factory):
    run = dbt(tmp_path_factory.mktemp("built"), ["build"], project=world / "project")
    assert run.returncode == 0, run.output
    return run


@pytest.mark.parametrize("source", ["sheet", "loader", "parts"])
def test_the_same_rows_come_from_every_kind_of_source(built, source):
    with duckdb.connect(str(built.build_path), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        rows = con.execute(
            "select deal_id, cast(amount as double), close_date, cast(is_won as boolean), region "
            f"from raw.base_{source}__deals order by deal_id"
        ).fetchall()
    assert [row[:-1] for row in rows] == EXPECTED
    assert rows[0][-1] == (None if source == "sheet" else "Sud")


def test_an_optional_extract_that_is_missing_is_empty(built):
    with duckdb.connect(str(built.build_path), read_only=True) as con:
        assert con.execute("select count(*) from raw.base_loader__notes").fetchone() == (0,)


def test_a_column_that_is_missing_stops_the_build(world, tmp_path):
    changed = tmp_path / "loaded.duckdb"
    shutil.copy(world / "loaded.duckdb", changed)
    with duckdb.connect(str(changed)) as con:
        con.execute("alter table crm_data.opportunity rename column is_won to won")
    folders = {"sheet": world / "sheet", "loader": changed, "parts": world / "parts"}
    run = build(world, tmp_path, extracts_dir={name: str(path) for name, path in folders.items()})
    assert run.returncode == 1
    assert "1 of 5 columns is missing" in run.output
    assert "loaded.duckdb::crm_data.Opportunity: IsWon" in run.output


def test_a_table_in_two_schemas_is_named_by_the_gate(world, tmp_path):
    run = build(world, tmp_path, extract_schemas={})
    assert run.returncode == 1
    assert "loaded.duckdb::crm_data.opportunity and " in run.output
    assert "are both there; say which is meant, as in extract_schemas: {loader: crm_data}" in (
        run.output
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("Ammount", "the column Ammount of loader.deals is not declared in loader__sources.yml"),
        ("Amuont", "did you mean Amount?"),
    ],
)
def test_a_field_that_is_not_declared_is_a_typing_error(world, tmp_path, column, said):
    project = tmp_path / "project"
    shutil.copytree(world / "project", project, ignore=shutil.ignore_patterns("target"))
    path = project / "models/connectors/loader/base/base_loader__deals.sql"
    path.write_text(path.read_text().replace("field('Amount')", f"field('{column}')"))
    run = dbt(tmp_path, ["build"], project=project)
    assert run.returncode == 1
    assert said in run.output


# -- cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("money_text('$12,000.50', '.')", "12000.50"),
        ("money_text('12 000,50', ',')", "12000.50"),
        ("money_text('12\u202f000,50\u00a0€', ',')", "12000.50"),
        ("money_text('1.234.567,89', ',')", "1234567.89"),
        ("money_text('(1,200.00)', '.')", "-1200.00"),
        ("money_text('1200-', '.')", "-1200"),
        ("money_text('EUR 12.50', '.')", "12.50"),
        # Not thousands: it would be a hundred times as much.
        ("money_text('12,50', '.')", "12,50"),
        ("money_text('a lot', '.')", "a lot"),
        ("money_in_text('$500', '.', 'USD')", "500"),
        ("money_in_text('$500', '.', 'cad')", "500"),
        ("money_in_text('1,200.00 EUR', '.', 'EUR')", "1200.00"),
        ("money_in_text('1200', '.', 'EUR')", "1200"),
        ("money_in_text('1200', '.', null)", "1200"),
        # Dollars are no euros: the gate names the cell.
        ("money_in_text('$500', '.', 'EUR')", "$500"),
        ("money_in_text('£500', '.', 'EUR')", "£500"),
        ("money_in_text('USD 3,000', '.', 'EUR')", "USD 3,000"),
        ("money_in_text('3,000USD', '.', 'EUR')", "3,000USD"),
        ("money_in_text('(¥500)', '.', 'EUR')", "(¥500)"),
        ("share_text('25 %', '.')", "0.25"),
        ("share_text('12,5 %', ',')", "0.125"),
        ("share_text('100', '.')", "1"),
        ("share_text('half', '.')", "half"),
        ("flag_text('TRUE')", "true"),
        ("flag_text('0')", "false"),
        ("flag_text('maybe')", "maybe"),
        ("minor_units_text('1050', null)", "10.5"),
        ("minor_units_text('1050', 0)", "1050"),
        ("minor_units_text('1050', 3)", "1.05"),
        ("minor_units_text('-1000', 2)", "-10"),
        ("minor_units_text('none', 2)", "none"),
        ("epoch_text('1700000000')", "2023-11-14T22:13:20.000000Z"),
        ("epoch_text('1700000000123')", "2023-11-14T22:13:20.123000Z"),
        ("epoch_text('1700000000.0')", "2023-11-14T22:13:20.000000Z"),
        ("epoch_text('2023')", None),
    ],
)
def test_cells_are_written_in_one_form(expression, text):
    assert CON.execute(f"select {expression}").fetchone() == (text,)


# Words of dbt, as far as a macro needs them to be SQL.
NAMED = {
    "field": lambda name, *_, **__: name,
    "cell_text": lambda x: f"nullif(trim(cast({x} as varchar)), '')",
}
VERSIONS = """
with versions as (from (values
    ('1', 'old', '1'), ('1', 'new', '2'), (null, 'one', '1'), (null, 'two', '2'),
    ('2', 'left', '1'), ('2', 'right', '1'), ('3', 'twice', '1'), ('3', 'twice', '1')
) as t (id, name, _dlt_load_id))
"""


def test_versions_of_nothing_stay():
    """Rows without an id are no versions of each other; nor may two of one moment hide one."""
    macros = lone_macros(**NAMED)
    kept = macros.latest_version("versions", key="id", by=["_dlt_load_id"])
    assert CON.execute(f"select name from ({VERSIONS} {kept}) order by 1").fetchall() == [
        ("left",), ("new",), ("one",), ("right",), ("twice",), ("two",),
    ]  # fmt: skip
    kept = macros.is_of_last_load()
    found = CON.execute(f"select name from ({VERSIONS} from versions qualify {kept})").fetchall()
    assert {("new",), ("one",), ("two",)} <= set(found)
    assert ("old",) not in found


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Сумма сделки", "сумма_сделки"),
        ("ÉTAPE de la vente", "étapedelavente"),
        ("金額", "金額"),
        ("Properties.Région", "région"),
        ("property_amount", "amount"),
        # A word of its own, and no prefix of loaders.
        ("Propertyé", "propertyé"),
    ],
)
def test_names_are_compared_in_any_script(header, name):
    loose_name = lone_macros().loose_name
    assert loose_name(header) == loose_name(name) != ""
    assert loose_name("Сумма") != loose_name("Этап")


def test_a_header_may_hold_quotes():
    assert lone_macros().quoted('the "best" one') == '"the ""best"" one"'


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ({"delimiter": "'"}, "Id'Name\n1'Acme, Ltd.\n"),
        ({"quote": "'"}, "Id,Name\n1,'Acme, Ltd.'\n"),
        ({"delimiter": "'", "quote": "|"}, "\n''\nId'Name\n|1|'|Acme, Ltd.|\n"),
    ],
)
def test_an_apostrophe_may_part_cells_or_stand_around_them(tmp_path, written, text):
    """As the build reads the file, and as the gate looks at its header."""
    path = tmp_path / "deals.csv"
    path.write_text(text, encoding="utf-8")
    macros = lone_macros(
        var=lambda _: {"acme": written},
        trimmed=lambda x: f"trim({x})",
        run_query=lambda sql: SimpleNamespace(
            columns=[SimpleNamespace(values=lambda: CON.execute(sql).fetchone())]
        ),
    )
    read = macros.duckdb_reader(str(path), macros.extract_format("acme"))
    assert CON.execute(f"select Id, Name from {read}").fetchall() == [("1", "Acme, Ltd.")]
    format_ = Format(written.get("delimiter", ","), written.get("quote", '"'))
    assert header_of(str(path), [path], format_) == ["Id", "Name"]


@pytest.mark.parametrize(
    ("metadata", "value"),
    [
        ("""'{"deal_id": "7"}'""", "7"),
        ("""'{"deal_id": 7}'""", "7"),
        ("""'{"deal_id": null}'""", None),
        ("""'{}'""", None),
        ("""'["deal_id"]'""", None),
        ("""'"deal_id"'""", None),
        ("""'7'""", None),
        ("""'null'""", None),
        ("""'deal_id'""", None),
        ("null", None),
    ],
)
def test_metadata_that_is_no_object_has_no_keys(metadata, value):
    """A company may write anything there, and a loader may pass on what is no JSON."""
    macros = lone_macros(
        setting=lambda _: {},
        this_connector=lambda: "stripe",
        **NAMED | {"field": lambda name, *_, **__: metadata if name == "metadata" else "null"},
    )
    sql = macros.metadata_of("metadata__deal_id")
    assert CON.execute(f"select {sql}").fetchone() == (value,)


# -- properties of one's own -----------------------------------------------------------------------


def custom_column(column, text="", headers=None, connectors=("hubspot", "salesforce")):
    """Return the SQL of a custom column of deals in HubSpot's model, whose text is given."""
    headers = headers or {}

    def labelled(connector):
        meta = {"labelled": True} if connector == "pipedrive" else {}
        return SimpleNamespace(source_name=connector, columns={"plan": meta})

    macros = lone_macros(
        setting=lambda name: {"custom_columns": {"deals": [column]}, "connectors": connectors}[
            name
        ],
        this_connector=lambda: "hubspot",
        tables_of=lambda _: ["deals"],
        declared_meta=dict,
        graph=SimpleNamespace(sources={each: labelled(each) for each in connectors}),
        ref=lambda name: name,
        run_query=lambda sql: SimpleNamespace(
            columns=[SimpleNamespace(values=lambda: headers.get(re.findall("'(.*?)'", sql)[0], []))]
        ),
        header_of_extract=lambda: headers.get("hubspot", []),
        model=SimpleNamespace(raw_code=text, name="base_hubspot__deals", sources=[["h", "deals"]]),
        empty_text=lambda: "null",
        did_you_mean=lambda *_: "",
    )
    return " ".join(macros.custom_fields("deals").split())


def test_a_property_of_another_connector_is_empty_here():
    column = {"name": "region", "from": "Region__c"}
    headers = {"salesforce": ["Id", "Region__c"]}
    assert custom_column(column, headers=headers) == ", null as region"
    assert custom_column(column, headers={"hubspot": ["region_c"]}) == ', "region_c" as region'
    with pytest.raises(RefusedError, match=r"deals\.region: .* no column Region__c"):
        custom_column(column, headers={"hubspot": ["Id"]})


def test_a_label_of_pipedrive_is_no_typing_error_elsewhere():
    """No header has the label of a key of forty digits; Pipedrive refuses one that it lacks."""
    column = {"name": "formula", "from": "Formule souscrite"}
    found = custom_column(column, headers={"hubspot": ["Id"]}, connectors=("hubspot", "pipedrive"))
    assert found == ", null as formula"


@pytest.mark.parametrize("name", ["is_deleted", "loaded_at"])
def test_a_property_may_not_have_the_name_of_a_connector_s_own_column(name):
    """The input does not have it, and the model would have it twice."""
    text = "select a as is_deleted, b as loaded_at {{- custom_fields('deals') }}"
    with pytest.raises(RefusedError, match=f"base_hubspot__deals has a column {name} itself"):
        custom_column({"name": name, "from": "X"}, text, {"hubspot": ["X"]})
    assert custom_column({"name": "loaded", "from": "X"}, text, {"hubspot": ["X"]})


def test_no_list_of_ids_is_emptied_by_an_empty_one():
    """SQL finds nothing that is `not in` a list with an empty value: rows would be lost unseen."""
    for path in sorted((ROOT / "models" / "connectors").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for listed in re.findall(r"not in \(\s*(select[^()]*?)\)", text):
            assert "is not null" in listed, f"{path.name}: {listed}"


@pytest.mark.parametrize(
    ("end", "day"),
    [
        ("2025-02-01", "2025-01-31"),
        ("2025-02-01T00:00:00Z", "2025-02-01"),
        # Midnight in Paris.
        ("2025-01-31T23:00:00Z", "2025-01-31"),
        ("2025-01-31T22:59:59Z", "2025-01-31"),
        ("2025-07-31T22:00:00Z", "2025-07-31"),
        ("some day", "some day"),
    ],
)
def test_an_exclusive_end_is_the_last_day_before_it(end, day):
    expression = f"last_day_text('{end}', 'UTC', 'Europe/Paris')"
    assert CON.execute(f"select {expression}").fetchone() == (day,)


@pytest.mark.parametrize(
    ("cell", "zone", "moment"),
    [
        ("2025-01-31 12:00", "Europe/Paris", "2025-01-31T11:00:00.000000Z"),
        ("2020-10-22T21:03:23.000+0000", "UTC", "2020-10-22T21:03:23.000000Z"),
        ("2025-03-02", "UTC", "2025-03-01T23:00:00.000000Z"),
        ("soon", "UTC", "soon"),
    ],
)
def test_moments_are_written_in_utc(cell, zone, moment):
    expression = f"moment_text('{cell}', cast(null as timestamp), '{zone}', 'Europe/Paris')"
    assert CON.execute(f"select {expression}").fetchone() == (moment,)
