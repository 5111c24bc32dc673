"""The demo company as Pipedrive's loaders deliver it gives the figures of the demo's own files.

The generator writes the account as dlt loads it: the objects of the API's version 2 with the flow
of version 1. Every KPI that needs nothing but a CRM is compared with the demo's, row by row. What
Pipedrive cannot know is listed here with its reason, and a reason that nothing needs is a fault,
too. Version 1 alone is compared row by row, and a small account is worked by hand.
"""

import shutil

import duckdb
import pytest
from builds import UNTESTED_BUILD, once
from conftest import ROOT, dbt
from test_left_out import NEEDED, is_known

from generator.shapes import pipedrive
from generator.shapes.company import company
from generator.shapes.pipedrive_account import BUDGET, COUNTRIES
from scripts import connect

# Where dlt leaves the tables, and a field of the account's own by its label.
LOADED = {
    "extract_schemas": {"pipedrive": pipedrive.SCHEMA},
    "custom_columns": {"deals": [{"name": "budget", "from": BUDGET.label, "type": "number"}]},
}
TABLES = connect.tables_of("pipedrive")


def variables(**others):
    return {"connectors": ["pipedrive"]} | others


@pytest.fixture(scope="module")
def pipedrive_build(demo_build):
    """The whole build of the account, made once for all workers."""
    folder = demo_build.folder.parent / "pipedrive"

    def build():
        (folder / "extracts").mkdir()
        pipedrive.write(folder / "extracts", "dlt")
        return dbt(
            folder,
            [*UNTESTED_BUILD, "--select", "+kpi_values"],
            extracts={"pipedrive": folder / "extracts" / pipedrive.FILE},
            variables=variables(**LOADED),
        )

    run = once(folder, build)
    assert run.returncode == 0, run.output
    return run


# -- figures ---------------------------------------------------------------------------------------

KNOWN = {key for key in NEEDED if is_known(key, set(TABLES))}
OF_CONTACTS = """(
    'leads', 'opportunities', 'new_customers', 'opportunity_to_customer_rate',
    'lead_to_customer_rate', 'referral_leads', 'lead_to_close', 'speed_to_lead'
)"""
# Rows that Pipedrive cannot know as the demo does, though it has all tables that the KPI needs.
KNOWN_OTHERWISE = {
    "no record says that somebody is qualified": (
        "kpi in ('mqls', 'sqls', 'lead_to_mql_rate', 'mql_to_sql_rate', 'sql_to_opportunity_rate')"
    ),
    "no field holds a score": "kpi = 'lead_score_by_stage'",
    "a reader of the newsletter came into Pipedrive an hour after becoming a lead": (
        "kpi = 'speed_to_lead' and date '2024-06-04' between period_start and period_end"
    ),
    "one rep changed from one team to the other, and a team has the members of today": (
        "dimension = 'team' and segment in ('SMB', 'Mid-Market')"
    ),
    "deals moved to another team with that rep": (
        "dimension = 'movement' and segment in ('reassigned_in', 'reassigned_out')"
    ),
    "what reps expect is not in Pipedrive, and this forecast knows how leads are qualified": (
        "kpi = 'sales_forecast' and variant in ('combined', 'lead_driven')"
    ),
    "the demo does not know what some old deals were worth before: they have no change": (
        "kpi = 'sales_forecast' and variant in ('seasonal_trend', 'deal_age', 'stage_weighted')"
    ),
    "how far those forecasts were off": "kpi = 'forecast_accuracy'",
}
# People whose lifecycle says what no record of Pipedrive does.
PEOPLE = {
    "1002817": "was never an opportunity, and is the main contact of a won deal",
    "1005713": "was never an opportunity, and is the main contact of a won deal",
    "9000003": "a lead and an opportunity by records that were merged into later ones",
    "9000020": "an opportunity without a deal",
    "9000021": "a customer without a deal",
    "9000023": "a customer without a deal",
    "9000026": "a customer without a deal",
}
FUNNEL = [
    f"{own}{stage}_date" for stage in ("lead", "opportunity", "customer") for own in ("", "own_")
]


@pytest.fixture(scope="module")
def figures(demo_build, pipedrive_build):
    """Both worlds' rows of `kpi_values` side by side, as the table `pairs`.

    Namesakes show their ids; countries have the names that an address has.
    """
    con = duckdb.connect()
    con.execute("set threads = 1; set TimeZone = 'UTC'")
    con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
    con.execute(f"attach '{pipedrive_build.build_path}' as shape (read_only)")
    con.execute(
        f"set variable countries = map { {name: code for code, name in COUNTRIES.items()} }"
    )
    con.execute("create temp table known (kpi varchar, variant varchar)")
    con.executemany("insert into known values (?, ?)", sorted(KNOWN))
    # A forecast is the sum of its teams, each one rounded; an activity has a minute and no seconds.
    near = " and ".join(
        f"(theirs.{name} is not distinct from ours.{name} or abs(theirs.{name} - ours.{name}) <= "
        "case when theirs.kpi = 'sales_forecast' then 0.0000001 "
        "when theirs.kpi = 'speed_to_lead' and theirs.variant = 'median' then 60.0 / 86400 end)"
        for name in ("numerator", "denominator", "value")
    )
    con.execute(
        f"""
        create temp table pairs as
        with theirs as (
            select * from demo.kpis.kpi_values semi join known using (kpi, variant)
        ),
        ours as (
            select * replace (
                case dimension
                    when 'country' then coalesce(getvariable('countries')[segment], segment)
                    else replace(segment, 'pipedrive:', 'demo:')
                end as segment
            )
            from shape.kpis.kpi_values semi join known using (kpi, variant)
        )
        select
            coalesce(theirs.kpi, ours.kpi) as kpi,
            coalesce(theirs.variant, ours.variant) as variant,
            coalesce(theirs.period_start, ours.period_start) as period_start,
            coalesce(theirs.period_end, ours.period_end) as period_end,
            coalesce(theirs.dimension, ours.dimension) as dimension,
            coalesce(theirs.segment, ours.segment) as segment,
            ours.value,
            coalesce(
                {near}
                and theirs.period_end = ours.period_end
                and theirs.is_provisional = ours.is_provisional
                and theirs.null_reason is not distinct from ours.null_reason,
                false
            ) as is_same
        from theirs full join ours
            on
                theirs.kpi = ours.kpi
                and theirs.variant = ours.variant
                and theirs.period_grain = ours.period_grain
                and theirs.period_start = ours.period_start
                and theirs.dimension = ours.dimension
                and theirs.segment is not distinct from ours.segment
        """
    )
    con.execute(
        """
        create temp table people as
        select demo.*, shape.contact_id is null as is_alone, shape as theirs
        from demo.marts.fct_contact_funnel as demo
        left join shape.marts.fct_contact_funnel as shape
            on split_part(demo.contact_id, ':', 2) = split_part(shape.contact_id, ':', 2)
        """
    )
    yield con
    con.close()


def touched_by_people(con):
    """Return the conditions for the rows of contacts in which one of PEOPLE is counted."""
    found = []
    people = con.execute(
        f"select people, theirs from people where split_part(contact_id, ':', 2) in {tuple(PEOPLE)}"
    ).fetchall()
    assert len(people) == len(PEOPLE)
    for demo, theirs in people:
        days = {row[name] for row in (demo, theirs) for name in FUNNEL if row[name]}
        cuts = {
            "all": "all",
            "channel": demo["channel"],
            "campaign": demo["campaign_name"] or "(none)",
            "touchpoint": demo["touchpoint"],
            "country": demo["country"],
            "industry": demo["industry"] or "(none)",
            "owner": demo["owner_name"],
            "team": demo["team"],
        }
        segments = ", ".join(
            f"('{dimension}', '{segment.replace(chr(39), chr(39) * 2)}')"
            for dimension, segment in cuts.items()
        )
        periods = " or ".join(
            f"date '{day}' between period_start and period_end" for day in sorted(days)
        )
        found.append(
            f"kpi in {OF_CONTACTS} and (dimension, segment) in ({segments}) and ({periods})"
        )
    return found


def test_kpis_are_those_of_the_demo(figures):
    """Every row of a KPI that Pipedrive has all inputs for, but for those with a reason."""
    reasons = " or ".join(
        f"({condition})" for condition in (*KNOWN_OTHERWISE.values(), *touched_by_people(figures))
    )
    rows = f"from pairs where ({reasons}) is not true"
    assert figures.sql(f"{rows} and not is_same limit 20").fetchall() == []
    [(count, value_count, kpi_count)] = figures.sql(
        f"select count(*), count(value), count(distinct kpi || variant) {rows}"
    ).fetchall()
    assert count > 900_000 and value_count > 500_000 and kpi_count == 62


@pytest.mark.parametrize("reason", KNOWN_OTHERWISE)
def test_a_reason_is_needed(figures, reason):
    [(count,)] = figures.sql(
        f"select count(*) from pairs where not is_same and ({KNOWN_OTHERWISE[reason]})"
    ).fetchall()
    assert count > 0


def test_only_the_lifecycles_of_a_few_people_are_not_known(figures):
    """Readers of a newsletter who never were more are in no CRM of sales."""
    differs = " or ".join(f"theirs.{name} is distinct from people.{name}" for name in FUNNEL)
    found = figures.execute(
        f"select split_part(contact_id, ':', 2) from people where not is_alone and ({differs})"
    ).fetchall()
    assert {key for (key,) in found} == set(PEOPLE)
    alone = figures.execute("select distinct lifecycle_stage from people where is_alone").fetchall()
    assert alone == [("subscriber",)]
    assert figures.execute("select count(*) from people where not is_alone").fetchone()[0] > 2_750


def test_what_pipedrive_does_not_know_is_null(figures):
    shown = figures.sql(
        "select distinct kpi, variant from shape.kpis.kpi_values where value is not null"
    ).fetchall()
    # Pipedrive has no scores, and a contact becomes MQL and SQL on the day of its first deal.
    assert KNOWN - set(shown) == {("lead_score_by_stage", "average")} | {
        (kpi, variant)
        for kpi in ("mql_to_sql_rate", "sql_to_opportunity_rate")
        for variant in ("strict", "strict_period", "strict_90_days")
    }
    assert set(shown) < KNOWN


# -- what is in the account ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(pipedrive_build):
    with duckdb.connect(str(pipedrive_build.build_path), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


def test_nothing_is_rejected(built):
    assert built.execute("select * from quality.rejected_rows").fetchall() == []


def test_a_deal_that_is_archived_counts_and_one_that_is_deleted_does_not(built):
    archived = (
        "split_part(deal_id, ':', 2) in (select deal_id from raw.base_pipedrive__deals_archived)"
    )
    [[staged, counted]] = built.execute(
        f"select count(*), count(*) filter (is_counted) from staging.stg_deals where {archived}"
    ).fetchall()
    assert staged == counted > 20
    assert built.execute(
        "select is_counted from staging.stg_deals where deal_id = 'pipedrive:3999999'"
    ).fetchall() == [(False,)]


def test_every_pipeline_ends_with_won_and_lost(built):
    found = built.execute(
        "select pipeline_id, list((stage_id, is_won, stage_order) order by stage_order) "
        "from staging.stg_pipelines where is_closed group by all order by all"
    ).fetchall()
    assert found == [
        (f"pipedrive:{key}", [("won", True, 6), ("lost", False, 7)]) for key in (1, 2, 3, 4)
    ]
    [[last_open]] = built.execute(
        "select max(stage_order) from staging.stg_pipelines where not is_closed"
    ).fetchall()
    assert last_open == 5


def test_a_probability_of_100_is_none(built):
    assert built.execute(
        "select stage_name from staging.stg_pipelines where win_probability is null order by 1"
    ).fetchall() == [("Contacted",), ("Old stage",)]


def test_a_custom_field_is_found_by_its_label(built):
    """The amount of a monetary field, of which the column has a key of forty digits."""
    written = [float(1000 + number) for number in range(0, len(company()["deals"]), 30)]
    found = built.execute(
        "select budget from marts.fct_deals where budget is not null order by 1"
    ).fetchall()
    assert len(found) > 45
    assert {float(value) for (value,) in found} <= set(written)


def test_only_what_happened_is_an_activity(built):
    kinds = dict(
        built.execute(
            "select activity_type, count(*) from staging.stg_activities group by 1"
        ).fetchall()
    )
    assert sum(kinds.values()) == len(company()["activities"])
    assert kinds["note"] == sum(row["activity_type"] == "note" for row in company()["activities"])


AWKWARD = {
    "a deal that never changed its stage": (
        "v2_deals where id not in "
        "(select item_id from deals_flow_deal_change where field_key = 'stage_id')"
    ),
    "a stage moved to another pipeline": "deals_flow_deal_change where field_key = 'pipeline_id'",
    "a stage that is in no list any more": (
        "deals_flow_deal_change where field_key = 'stage_id' "
        "and new_value not in (select cast(id as varchar) from v2_stages)"
    ),
    "a deal that was won, reopened and lost": (
        "(select item_id from deals_flow_deal_change where field_key = 'status' group by item_id "
        "having list(new_value order by id) = ['won', 'open', 'lost'])"
    ),
    "a deleted deal": "v2_deals where is_deleted",
    "an archived deal": "v2_deals_archived where is_archived",
    "a probability that nobody wrote": "v2_deals where probability is null",
    "a deal without an expected day": "v2_deals where expected_close_date is null",
    "a deal without an amount": "v2_deals where value is null",
    "a field with options": 'custom_fields_mapping where options like \'%"11": "Starter%\'',
    "a key that begins with a digit": (
        "(from duckdb_columns() where column_name similar to 'custom_fields___[0-9a-f]{40}')"
    ),
    "a monetary field with its currency": (
        "(from duckdb_columns() where column_name similar to 'custom_fields__.*__currency')"
    ),
    "a change of a custom field": "deals_flow_deal_change where length(field_key) = 40",
    "two changes of the stage in one second": (
        "(select 1 from deals_flow_deal_change where field_key = 'stage_id' "
        "group by item_id, log_time having count(*) = 2)"
    ),
    "a reopening and a change of the stage in one second": (
        "(select 1 from deals_flow_deal_change where field_key in ('stage_id', 'status') "
        "group by item_id, log_time having count(distinct field_key) = 2)"
    ),
    "a user without a team": "users where id not in (select value from teams__users)",
    "a user with two teams": "(select 1 from teams__users group by value having count(*) > 1)",
    "a closing on the day before in UTC": (
        "deals_flow_deal_change where field_key = 'status' and hour(log_time) = 23"
    ),
    "a label of two stages": "(select 1 from v2_stages group by name having count(*) > 1)",
    "a pipeline without probabilities": "v2_pipelines where not is_deal_probability_enabled",
    "an activity that is not done": "activities where not done",
    "an activity that nobody ticked off": "activities where done and marked_as_done_time is null",
    "a lead with a channel": "leads where channel is not null",
}


@pytest.mark.parametrize("case", AWKWARD)
def test_the_account_has_awkward_values(pipedrive_build, case):
    path = pipedrive_build.folder / "extracts" / pipedrive.FILE
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'; use pipedrive_data")
        assert con.sql(f"select count(*) from {AWKWARD[case]}").fetchone()[0] > 0


# -- what version 1 alone gives --------------------------------------------------------------------


def rows_of(con, table):
    """Return the rows of a table of the connector, all cells as text."""
    return con.execute(
        f"select columns(*)::varchar from raw.pipedrive__{table} order by all"
    ).fetchall()


@pytest.fixture(scope="module")
def older(run_dbt, tmp_path_factory):
    """The connector's tables of what dlt's older source loads, and how `make connect` sees it."""
    folder = tmp_path_factory.mktemp("older")
    pipedrive.write(folder, "dlt_v1")
    place = folder / pipedrive.FILE
    run = run_dbt(
        ["run", "--select", "+path:models/connectors/pipedrive"],
        folder=folder,
        extracts={"pipedrive": place},
        variables=variables(**LOADED),
    )
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        yield con, connect.look("pipedrive", place)


@pytest.mark.parametrize("table", TABLES)
def test_version_1_says_the_same(older, built, table):
    assert rows_of(older[0], table) == rows_of(built, table)


def test_connect_finds_both_versions(older, pipedrive_build):
    newer = connect.look("pipedrive", pipedrive_build.folder / "extracts" / pipedrive.FILE)
    for found in (older[1], newer):
        assert found.fits
        # These tables come from Airbyte.
        assert {extract.name for extract in found.extracts} - set(found.headers) - {
            "deals_archived"
        } == {"deal_fields", "person_fields", "organization_fields"}


# -- a small account, worked by hand ---------------------------------------------------------------

KEY = "a" * 40
# As Airbyte leaves version 1: moments in UTC without saying so, users and people as JSON.
SMALL = f"""
create table users as from (values (9, 'A', true), (8, 'B', false)) as t (id, name, active_flag);
create table organizations as from (values
    (5, 'Acme', '{{"id": 9, "name": "A", "value": 9}}', '2025-01-01 07:00:00'),
    (null, 'Nameless', '9', '2025-01-02 07:00:00'), (null, 'Numberless', '9', '2025-01-03 07:00:00')
) as t (id, name, owner_id, add_time);
create table persons as from (values
    (3, '{{"name": "Acme", "people_count": 1, "owner_id": 9, "value": 5}}', '2025-01-01 08:00:00')
) as t (id, org_id, add_time);
create table pipelines as from (values (1, 'Ventes', true, true), (2, 'Partners', true, false))
    as t (id, name, active, deal_probability);
create table stages as from (values
    (1, 'Contact', 1, 20, 1, true), (2, 'Offer', 2, 100, 1, true), (6, 'Signed', 1, 50, 2, true),
    (null, 'Nowhere', 3, 50, 1, true)
) as t (id, name, order_nr, deal_probability, pipeline_id, active_flag);
create table deal_fields as from (values
    ('title', 'Title', null),
    ('{KEY}', 'Formule souscrite',
        '[{{"id": 11, "label": "Pro"}}, {{"id": 12, "label": "d''été"}}]')
) as t (key, name, options);
create table deals as from (values
    (7, 1, 1, 100, 'EUR', 'open', '2025-01-10 09:30:00', null, null, null, 11, false),
    (8, 6, 2, 200, 'EUR', 'open', '2025-01-11 09:30:00', null, null, '2025-06-30', 12, false),
    (9, 2, 1, 300, 'EUR', 'lost', '2025-01-12 09:30:00', null, '2025-04-01 09:00:00', '2025-05-31',
        null, false),
    (10, 1, 1, 400, 'EUR', 'deleted', '2025-01-13 09:30:00', null, null, null, null, true),
    (11, 2, 1, 500, 'EUR', 'won', '2025-02-01 09:30:00', '2025-03-31 23:30:00', null, '2025-03-31',
        null, false),
    (12, 99, 1, 150000, 'JPY', 'open', '2025-02-02 09:30:00', null, null, '2025-09-30', 99, false),
    (13, 2, 1, 600, 'EUR', 'open', '2025-02-03 09:30:00', null, null, '2025-08-31', null, false)
) as t (id, stage_id, pipeline_id, value, currency, status, add_time, won_time, lost_time,
    expected_close_date, "{KEY}", deleted);
alter table deals add column title varchar default 'A deal';
alter table deals add column user_id varchar default '{{"id": 9, "name": "A", "value": 9}}';
alter table deals add column person_id varchar
    default '{{"name": "M", "phone": [{{"value": "12"}}], "owner_id": 9, "value": 3}}';
create table dealflow as from (values
    (0, 7, 'add_time', null, '2025-01-10 09:30:00', '2025-01-10 09:30:00'),
    (1, 8, 'stage_id', '2', '6', '2025-02-01 10:00:00'),
    (2, 8, 'pipeline_id', '1', '2', '2025-02-01 10:00:00'),
    (3, 8, 'user_id', '8', '9', '2025-02-01 10:00:00'),
    (4, 9, 'status', 'open', 'won', '2025-03-01 23:30:00'),
    (5, 9, 'status', 'won', 'open', '2025-03-05 10:00:00'),
    (6, 9, 'expected_close_date', '2025-04-30', '2025-05-31', '2025-03-06 10:00:00'),
    (7, 9, 'status', 'open', 'lost', '2025-04-01 09:00:00'),
    (8, 10, 'status', 'open', 'lost', '2025-02-02 10:00:00'),
    (9, 10, 'status', 'lost', 'deleted', '2025-03-03 10:00:00'),
    (21, 12, 'stage_id', '1', '2', '2025-02-10 10:00:00'),
    (22, 12, 'stage_id', '2', '99', '2025-02-10 10:00:00'),
    (23, 12, 'value', '100000', null, '2025-02-11 10:00:00'),
    (24, 12, 'value', null, '150000', '2025-02-12 10:00:00'),
    (25, 12, '{KEY}', '11', '99', '2025-02-13 10:00:00'),
    (30, 13, 'status', 'open', 'lost', '2025-03-10 10:00:00'),
    (31, 13, 'status', 'lost', 'open', '2025-03-12 10:00:00')
) as t (id, item_id, field_key, old_value, new_value, log_time);
"""


@pytest.fixture(scope="module")
def small_run(run_dbt, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    with duckdb.connect(str(folder / "small.duckdb")) as con:
        con.execute(SMALL)
    run = run_dbt(
        ["run", "--select", "+path:models/connectors/pipedrive"],
        folder=folder,
        extracts={"pipedrive": folder / "small.duckdb"},
        variables=variables(
            custom_columns={
                "deals": [
                    {"name": "by_label", "from": "Formule souscrite"},
                    {"name": "by_key", "from": {"pipedrive": KEY}},
                ]
            }
        ),
    )
    assert run.returncode == 0, run.output
    return run


@pytest.fixture(scope="module")
def small(small_run):
    with duckdb.connect(str(small_run.build_path), read_only=True) as con:
        yield con


def entries(con, deal):
    """Return the stages that a deal entered, and when, to the minute."""
    return con.execute(
        "select stage_id, left(entered_at, 16) from raw.pipedrive__deal_stage_history "
        "where deal_id = $1 order by entered_at",
        [deal],
    ).fetchall()


@pytest.mark.parametrize(
    ("deal", "expected"),
    [
        ("7", [("1", "2025-01-10T09:30")]),
        ("8", [("2", "2025-01-11T09:30"), ("6", "2025-02-01T10:00")]),
        (
            "9",
            [
                ("2", "2025-01-12T09:30"),
                ("won", "2025-03-01T23:30"),
                ("2", "2025-03-05T10:00"),
                ("lost", "2025-04-01T09:00"),
            ],
        ),
        # It keeps the status that it had when it was deleted.
        ("10", [("1", "2025-01-13T09:30"), ("lost", "2025-02-02T10:00")]),
        # No change says that it was won.
        ("11", [("2", "2025-02-01T09:30"), ("won", "2025-03-31T23:30")]),
        # The second of two changes in one second holds.
        ("12", [("1", "2025-02-02T09:30"), ("99", "2025-02-10T10:00")]),
        # Open again: it is where it was.
        (
            "13",
            [
                ("2", "2025-02-03T09:30"),
                ("lost", "2025-03-10T10:00"),
                ("2", "2025-03-12T10:00"),
            ],
        ),
    ],
)
def test_stages_are_made_of_changes_and_of_the_status(small, deal, expected):
    assert entries(small, deal) == expected


def test_a_closed_deal_is_due_on_the_day_of_its_closing_where_it_is_reported(small):
    found = dict(small.execute("select deal_id, close_date from raw.pipedrive__deals").fetchall())
    assert found == {
        "7": None,
        "8": "2025-06-30",
        "9": "2025-04-01",
        "10": None,
        # At half past one in Paris.
        "11": "2025-04-01",
        "12": "2025-09-30",
        "13": "2025-08-31",
    }
    history = small.execute(
        "select property_value, left(changed_at, 10) from raw.pipedrive__deal_property_history "
        "where deal_id = '9' and property_name = 'close_date' order by changed_at"
    ).fetchall()
    assert history == [
        ("2025-04-30", "2025-01-12"),
        ("2025-03-02", "2025-03-01"),
        ("2025-04-30", "2025-03-05"),
        ("2025-05-31", "2025-03-06"),
        ("2025-04-01", "2025-04-01"),
    ]


def test_amounts_and_owners_have_their_history(small):
    found = small.execute(
        "select property_name, property_value, left(changed_at, 10) "
        "from raw.pipedrive__deal_property_history "
        "where (deal_id, property_name) in (('12', 'amount'), ('8', 'owner_id')) "
        "or deal_id in ('7', '11') order by all"
    ).fetchall()
    # No flow of deal 11 is loaded, and deal 7 never changed.
    assert found == [
        ("amount", "100", "2025-01-10"),
        ("amount", "100000", "2025-02-02"),
        ("amount", "150000", "2025-02-12"),
        ("amount", None, "2025-02-11"),
        ("owner_id", "8", "2025-01-11"),
        ("owner_id", "9", "2025-02-01"),
    ]


def test_amounts_are_in_whole_units_of_any_currency(small):
    assert small.execute(
        "select deal_amount, currency from raw.pipedrive__deals where deal_id = '12'"
    ).fetchall() == [("150000", "JPY")]


def test_objects_in_the_place_of_ids_are_read(small):
    assert small.execute(
        "select distinct owner_id from raw.pipedrive__deals union all "
        "select owner_id from raw.pipedrive__companies where company_id is not null"
    ).fetchall() == [("9",), ("9",)]
    assert small.execute("select * from raw.pipedrive__contact_companies").fetchall() == [
        ("3", "5", "true")
    ]
    assert small.execute(
        "select distinct contact_id, is_primary from raw.pipedrive__deal_contacts"
    ).fetchall() == [("3", "true")]


def test_options_have_their_labels(small):
    """The plan is found by one of its `names`; an option that is gone keeps its number."""
    found = small.execute(
        "select deal_id, plan, by_label, by_key from raw.pipedrive__deals "
        "where plan is not null order by deal_id"
    ).fetchall()
    assert found == [
        ("12", "99", "99", "99"),
        ("7", "Pro", "Pro", "Pro"),
        ("8", "d'été", "d'été", "d'été"),
    ]


def test_stages_have_a_probability_if_somebody_set_it(small):
    found = small.execute(
        "select pipeline_id, stage_id, stage_order, win_probability, is_archived "
        "from raw.pipedrive__pipelines order by all"
    ).fetchall()
    assert found == [
        ("1", "1", "1", "0.2", "false"),
        ("1", "2", "2", None, "false"),
        # No list has it any more.
        ("1", "99", None, None, "true"),
        # Behind all stages, one of which has no id.
        ("1", "lost", "5", "0", "false"),
        ("1", "won", "4", "1", "false"),
        ("1", None, "3", "0.5", "false"),
        ("2", "6", "1", None, "false"),
        ("2", "lost", "5", "0", "false"),
        ("2", "won", "4", "1", "false"),
    ]


def test_who_left_is_archived(small):
    assert small.execute(
        "select owner_id, is_archived from raw.pipedrive__owners order by 1"
    ).fetchall() == [("8", "true"), ("9", "false")]


def test_records_without_an_id_hide_no_others(small):
    """Both companies arrive, for the gate to name; a stage that is gone is still known."""
    assert small.execute(
        "select company_name from raw.pipedrive__companies where company_id is null order by 1"
    ).fetchall() == [("Nameless",), ("Numberless",)]
    assert small.execute(
        "select is_archived from raw.pipedrive__pipelines where stage_id = '99'"
    ).fetchall() == [("true",)]


def test_without_the_flow_the_last_change_alone_is_known(small_run, tmp_path):
    """The model as it was compiled, on the same deals: Airbyte loads no flow."""
    path = tmp_path / "revops.duckdb"
    shutil.copy(small_run.build_path, path)
    compiled = (
        small_run.target_path
        / "compiled/revops/models/connectors/pipedrive/base/base_pipedrive__deal_events.sql"
    ).read_text(encoding="utf-8")
    with duckdb.connect(str(path)) as con:
        con.execute(
            "delete from raw.base_pipedrive__deal_changes; update raw.base_pipedrive__deals "
            "set stage_changed_at = '2025-02-01T10:00:00.000000Z' where deal_id = '8'"
        )
        found = con.execute(
            "select deal_id, property_name, property_value, left(changed_at, 10) "
            f"from ({compiled}) where deal_id in ('8', '11') order by all"
        ).fetchall()
    assert found == [
        ("11", "stage_id", "2", "2025-02-01"),
        ("11", "status", "open", "2025-02-01"),
        ("11", "status", "won", "2025-03-31"),
        ("8", "stage_id", "6", "2025-02-01"),
        ("8", "status", "open", "2025-01-11"),
    ]


def test_the_page_has_the_settings_of_the_build():
    page = (ROOT / "docs" / "connect.md").read_text(encoding="utf-8")
    assert "connectors: [pipedrive]" in page
    assert f"extract_schemas: {{pipedrive: {pipedrive.SCHEMA}}}" in page
