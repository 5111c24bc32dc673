"""HubSpot's shapes of the demo company give the demo's rows and figures.

`generator/shapes/hubspot.py` writes the demo company as dlt, Fivetran and people deliver it. The
inputs made of all three are compared with the demo's, column by column, and the KPIs of a whole
build of dlt's tables with those of the demo, row by row. What a shape cannot tell is listed here
with its reason, and a reason that nothing needs is a fault, too.
"""

import duckdb
import pytest
from builds import UNTESTED_BUILD, once
from conftest import dbt
from test_left_out import NEEDED, is_known

from generator.shapes import hubspot
from generator.shapes.hubspot_portal import STAGE_IDS

# What dbt must know of a shape besides the folder.
VARIABLES = {
    "dlt": {"extract_schemas": {"hubspot": "hubspot_data"}},
    "fivetran": {},
    "csv": {"source_time_zones": {"hubspot": "Europe/Paris"}},
}
INPUTS = ["extracts", "extract_headers", "extract_checks", "currency_units"]
INPUTS += ["deal_stages", "owner_teams", "lifecycle_words"]
INPUTS += ["path:models/connectors/hubspot", "path:models/inputs"]
# The input tables, and what tells one row from another.
KEYS = {
    "owners": ["owner_id"],
    "companies": ["company_id"],
    "contacts": ["contact_id"],
    "contact_companies": ["contact_id", "company_id"],
    "lifecycle_history": ["contact_id", "lifecycle_stage", "entered_at"],
    "pipelines": ["pipeline_id", "stage_id"],
    "deals": ["deal_id"],
    "deal_contacts": ["deal_id", "contact_id"],
    "deal_stage_history": ["deal_id", "stage_id", "entered_at"],
    "deal_property_history": ["deal_id", "property_name", "changed_at"],
    "activities": ["activity_id"],
}


@pytest.fixture(scope="module")
def hubspot_build(demo_build):
    """Return a function that builds a shape, once for all workers: dlt's whole, others' inputs."""

    def build(shape):
        folder = demo_build.folder.parent / f"hubspot_{shape}"

        def made():
            extracts = folder / "extracts"
            extracts.mkdir()
            hubspot.write(extracts, shape)
            return dbt(
                folder,
                [*UNTESTED_BUILD, "--select", *(["+kpi_values"] if shape == "dlt" else INPUTS)],
                extracts={"hubspot": extracts / "hubspot.duckdb" if shape == "dlt" else extracts},
                variables={"connectors": ["hubspot"]} | VARIABLES[shape],
            )

        run = once(folder, made)
        assert run.returncode == 0, run.output
        return run

    return build


@pytest.fixture
def beside_the_demo(hubspot_build, demo_build):
    """Return a function that opens the build of a shape as `shape`, and the demo's as `demo`."""
    opened = []

    def both(shape):
        con = duckdb.connect()
        opened.append(con)
        con.execute("set threads = 1; set TimeZone = 'UTC'")
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute(f"attach '{hubspot_build(shape).build_path}' as shape (read_only)")
        return con

    yield both
    for con in opened:
        con.close()


# -- inputs ----------------------------------------------------------------------------------------

# Columns that differ, by table.
LOADED_OTHERWISE = {
    ("owners", "role"): "HubSpot has no roles",
    ("deal_contacts", "is_primary"): "no contact of a deal is the first one",
    ("companies", "merged_into_company_id"): "a chain of merges is one merge",
    ("contacts", "merged_into_contact_id"): "a chain of merges is one merge",
}
OTHERWISE = {
    "dlt": LOADED_OTHERWISE,
    "fivetran": LOADED_OTHERWISE
    | {
        ("deals", "currency"): "an account of one currency has no such property",
        ("activities", "activity_type"): "HubSpot knows no demonstrations: they are meetings",
    },
    "csv": {
        ("owners", "role"): "HubSpot has no roles",
        ("owners", "team"): "it is the team of one of two owners of the same name",
        ("owners", "is_archived"): "nobody says who left",
        ("deal_contacts", "is_primary"): "no contact of a deal is the first one",
    },
}
# Rows of the demo that a shape lacks: table -> (condition, reason).
LACKING = {
    "dlt": {"activities": ("true", "dlt loads none")},
    "fivetran": {"contact_companies": ("is_primary = 'false'", "a contact names its main one")},
    "csv": {
        "activities": ("true", "calls and meetings are not exported with deals"),
        "pipelines": ("true", "they are typed into seeds/reference/deal_stages.csv"),
        "owners": (
            "owner_id not in (select owner_id from shape.inputs.input_owners)",
            "an owner of nothing is named nowhere",
        ),
    },
}
# Rows that a shape has beyond the demo's: rows that the gate rejects, or that count for nothing.
LOADED_BEYOND = {
    "owners": ("owner_id = '70099'", "an owner without a name, who owns nothing"),
    "deal_stage_history": ("deal_id = '9199998'", "a deal that is gone"),
    "deal_property_history": ("deal_id in ('9199998', '9100004')", "deals that are gone"),
}
BEYOND = {"dlt": LOADED_BEYOND, "fivetran": LOADED_BEYOND, "csv": {}}

NUMBERS = {"deal_amount", "lead_score", "win_probability", "employee_count", "property_value"}
THINGS = {"company_id": "companies", "contact_id": "contacts", "deal_id": "deals"}


def set_words(con, shape):
    """Set the words that a shape has for ids of the demo, each a map in a variable of `con`."""
    con.execute(
        """
        set variable stages = (
            select map_from_entries(list((stage_id, stage_name))) from demo.inputs.input_pipelines
        );
        set variable pipelines = (
            select map_from_entries(list(distinct (pipeline_id, pipeline_name)))
            from demo.inputs.input_pipelines
        );
        set variable owners = (
            select map_from_entries(list((owner_id, owner_name))) from demo.inputs.input_owners
        );
        """
    )
    if shape != "csv":
        con.execute(
            "set variable stages = (select map_from_entries(list((stage_id, coalesce("
            f"map {STAGE_IDS}[stage_id], stage_id)))) from demo.inputs.input_pipelines)"
        )


def in_words(shape, column):
    """Return SQL for a column of the demo in the words of a shape."""
    words = {"stage_id": f"getvariable('stages')[{column}]"}
    if shape == "csv":
        words |= {
            "owner_id": f"getvariable('owners')[{column}]",
            "pipeline_id": f"getvariable('pipelines')[{column}]",
            "property_value": "case property_name when 'owner_id' "
            f"then getvariable('owners')[{column}] else {column} end",
        }
    return words.get(column, column)


def as_exact_as(shape, column):
    """Return SQL for a cell as exactly as a shape has it, numbers and moments in one spelling."""
    text = f"cast({column} as varchar)"
    if column.endswith("_at"):
        at = f"try_cast({text} as timestamp)"
        if shape == "csv":
            # An export has the minute of the user's clock, which one hour of a year shows twice.
            at = f"date_trunc('minute', timezone('Europe/Paris', timezone('UTC', {at})))"
        return f"coalesce(strftime({at}, '%Y-%m-%d %H:%M:%S'), {text})"
    if column in NUMBERS:
        return f"coalesce(cast(try_cast({text} as decimal(18, 4)) as varchar), {text})"
    return text


def kept(shape, table):
    """Return SQL for which rows of the demo a shape can have: the gate's, of records still there."""
    conditions = [
        "input_row_id not in (select input_row_id from demo.quality.rejected_rows "
        f"where table_name = '{table}')"
    ]
    if shape == "csv":
        conditions += [
            f"{column} not in (select {column} from demo.inputs.input_{THINGS[column]} "
            f"where is_archived = 'true' or merged_into_{column} is not null)"
            for column in KEYS[table]
            if column in THINGS
        ]
    return " and ".join(conditions)


def differences(con, shape, table):
    """Return what differs between the inputs of the demo and of a shape, as sentences."""
    columns = [
        name
        for (name,) in con.execute(
            "select column_name from duckdb_columns() where database_name = 'demo' "
            "and schema_name = 'inputs' and table_name = $1 "
            "and column_name not in ('input_row_id', 'source_system')",
            [f"input_{table}"],
        ).fetchall()
    ]
    cells = ", ".join(f"{as_exact_as(shape, name)} as {name}" for name in columns)
    words = ", ".join(f"{in_words(shape, name)} as {name}" for name in columns)
    con.execute(
        f"create or replace temp table theirs as select distinct {cells} from "
        f"(select {words} from demo.inputs.input_{table} where {kept(shape, table)})"
    )
    con.execute(
        f"create or replace temp table ours as "
        f"select distinct {cells} from shape.inputs.input_{table}"
    )
    found = []
    same = " and ".join(f"theirs.{name} is not distinct from ours.{name}" for name in KEYS[table])
    for what, excused, rows in [
        ("lacks", LACKING[shape].get(table), f"theirs anti join ours on {same}"),
        ("has beyond", BEYOND[shape].get(table), f"ours anti join theirs on {same}"),
    ]:
        condition, reason = excused or ("false", "")
        count, wrong, example = con.execute(
            f"select count(*), count(*) filter (not ({condition})), "
            f"any_value(columns(*)::varchar) filter (not ({condition})) from {rows}"
            if False
            else f"select count(*), count(*) filter (not coalesce({condition}, false)), "
            f"any_value(rows) filter (not coalesce({condition}, false)) from ({rows_of(rows)}) as rows"
        ).fetchone()
        if wrong:
            found.append(f"{table} {what} {wrong} rows, such as {example}")
        if excused and not count:
            found.append(f"{table} {what} no rows: nothing needs the reason '{reason}'")
    for name in set(columns) - set(KEYS[table]):
        count, example = con.execute(
            f"select count(*), any_value((theirs.{KEYS[table][0]}, theirs.{name}, ours.{name})) "
            f"from theirs join ours on {same} where theirs.{name} is distinct from ours.{name}"
        ).fetchone()
        reason = OTHERWISE[shape].get((table, name))
        if count and not reason:
            found.append(f"{table}.{name} differs in {count} rows, such as {example}")
        if reason and not count and table not in WHOLLY_LACKING[shape]:
            found.append(f"{table}.{name} is the same: nothing needs the reason '{reason}'")
    return found


@pytest.mark.parametrize("shape", hubspot.SHAPES)
def test_inputs_are_those_of_the_demo(beside_the_demo, shape):
    con = beside_the_demo(shape)
    set_words(con, shape)
    assert [line for table in KEYS for line in differences(con, shape, table)] == []
