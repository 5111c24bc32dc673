"""Other sources, several at once, other file types, and the variables that say how it is counted.

`acme` is a connector of two tables that is written here into a copy of the project: a company that
has nothing but deals.
"""

import datetime
import shutil
import subprocess
import sys
from decimal import Decimal

import duckdb
import pytest
import yaml
from builds import BUILD, once
from conftest import ROOT, dbt

# Before the demo's data ends, and after acme's.
REPORTING_DATE = datetime.date(2024, 8, 15)
ACME_SOURCES = """
version: 2
sources:
  - name: acme
    schema: raw
    tables:
      - name: opportunities
        columns:
          - name: opportunity_no
          - name: state
          - name: worth
          - name: opened
          - name: closed
"""
ACME_DEALS = """
{{ config(enabled=connector_is_active('acme')) }}

select
    opportunity_no as deal_id,
    'sales' as pipeline_id,
    state as stage_id,
    worth as deal_amount,
    'EUR' as currency,
    {{ empty_text() }} as owner_id,
    {{ empty_text() }} as company_id,
    {{ empty_text() }} as plan,
    {{ empty_text() }} as deal_type,
    {{ empty_text() }} as lost_reason,
    opened as created_at,
    closed as close_date,
    'false' as is_archived,
    {{ empty_text() }} as merged_into_deal_id

from {{ extract('acme', 'opportunities') }}
"""
ACME_PIPELINES = """
{{ config(enabled=connector_is_active('acme')) }}

{%- for name, is_closed, is_won in [
    ('open', 'false', 'false'), ('won', 'true', 'true'), ('lost', 'true', 'false')
] %}
select
    'sales' as pipeline_id,
    'Sales' as pipeline_name,
    '{{ name }}' as stage_id,
    '{{ name }}' as stage_name,
    '{{ loop.index }}' as stage_order,
    {{ empty_text() }} as win_probability,
    '{{ is_closed }}' as is_closed,
    '{{ is_won }}' as is_won,
    'false' as is_archived
{% if not loop.last %}union all{% endif %}
{%- endfor %}
"""
# The numbers of the first two are also ids of the demo's deals. Won 100 and 300, lost 50 in 2024.
ACME_ROWS = """
    (3000017, 'won', 100.00, date '2024-01-10', date '2024-02-09'),
    (3000021, 'won', 300.00, date '2024-01-20', date '2024-04-29'),
    (3, 'lost', 50.00, date '2024-02-01', date '2024-03-02'),
    (4, 'open', 'nan'::double, date '2024-05-01', null),
    (5, 'won', 900.00, date '2024-01-20', date '2024-04-29')
"""
# Somebody tried the CRM with the last one.
INTERNAL_RECORDS = """\
table_name,column_name,value
deals,deal_id,acme:5
"""


# In the project's file, as users set them: dbt reads them while it parses, too.
CUSTOM_COLUMNS = """\
  custom_columns:
    deals: [{name: why, from: {demo: closed_lost_reason}, cut: true}]
    companies: [{name: sector, from: {demo: industry}, cut: true}]
"""


def write_project_with_acme(project):
    for name in ("models", "macros", "seeds", "tests", "expectations", "publication", "analyses"):
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, project / name, ignore=shutil.ignore_patterns("python", "__pycache__")
            )
    shutil.copy(ROOT / "profiles.yml", project / "profiles.yml")
    settings = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    assert "  custom_columns: {}\n" in settings
    settings = settings.replace("  custom_columns: {}\n", CUSTOM_COLUMNS)
    (project / "dbt_project.yml").write_text(settings, encoding="utf-8")
    (project / "seeds" / "reference" / "internal_records.csv").write_text(INTERNAL_RECORDS)
    folder = project / "models" / "connectors" / "acme"
    folder.mkdir()
    (folder / "acme__sources.yml").write_text(ACME_SOURCES)
    (folder / "acme__deals.sql").write_text(ACME_DEALS)
    (folder / "acme__pipelines.sql").write_text(ACME_PIPELINES)


def write_acme_extracts(folder):
    """Write typed Parquet, with numbers as ids and a NaN, as programs do."""
    folder.mkdir()
    duckdb.execute(
        f"copy (from (values {ACME_ROWS}) as t (opportunity_no, state, worth, opened, closed)) "
        f"to '{folder}/opportunities.parquet'"
    )


def project_file():
    return yaml.safe_load((ROOT / "dbt_project.yml").read_text())


def connector_tables(*connectors):
    """Return the variable of the project file with acme's tables beside its own."""
    own = project_file()["vars"]["connector_tables"]
    own["acme"] = ["pipelines", "deals"]
    return {"connectors": list(connectors), "connector_tables": own}


def opened(path):
    return duckdb.connect(str(path), read_only=True)


@pytest.fixture(scope="module")
def past_build(demo_build):
    """The demo and acme as of a past day, in fiscal years from July on, archived records counted.

    All tests of dbt run on it, too: no other world has two sources, or ends before its data.
    """
    folder = demo_build.folder.parent / "past_build"

    def build():
        write_project_with_acme(folder / "project")
        write_acme_extracts(folder / "acme")
        return dbt(
            folder,
            BUILD,
            project=folder / "project",
            extracts={"demo": "seeds/demo", "acme": folder / "acme"},
            variables=connector_tables("demo", "acme")
            | {
                "reporting_date": str(REPORTING_DATE),
                "fiscal_year_start_month": 7,
                "count_archived_records": True,
            },
        )

    return once(folder, build)


# -- two connectors at once ------------------------------------------------------------------------


def test_ids_of_two_sources_are_kept_apart(past_build, demo_build):
    assert past_build.returncode == 0, past_build.output
    with opened(past_build.build_path) as con:
        assert con.sql(
            "select source_system, deal_id from staging.stg_deals "
            "where deal_id like '%:3000017' order by all"
        ).fetchall() == [("acme", "acme:3000017"), ("demo", "demo:3000017")]
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        columns = "* exclude (input_row_id) replace (is_counted or is_archived as is_counted)"
        # With a property of its own.
        own = columns.replace("input_row_id", "input_row_id, why")
        assert (
            con.sql(
                f"(select {own} from staging.stg_deals where source_system = 'demo' "
                f"except select {columns} from demo.staging.stg_deals) union all "
                f"(select {columns} from demo.staging.stg_deals "
                f"except select {own} from staging.stg_deals where source_system = 'demo')"
            ).fetchall()
            == []
        )


def test_figures_of_two_sources_add_up(past_build, demo_build):
    def won(build):
        with opened(build.published_path) as con:
            [[value]] = con.sql(
                "select value from kpis.kpi_bookings where variant = 'amount' and "
                "period_grain = 'half_year' and period_start = '2024-01-01' and dimension = 'all'"
            ).fetchall()
        return value

    assert won(past_build) == 400 + won(demo_build) > 800


def test_a_property_of_ones_own_reaches_the_mart_and_cuts_the_kpis(past_build):
    """The reason of a lost deal a second time, under another name, as one more cut."""
    with opened(past_build.published_path) as con:
        [[differing, given]] = con.execute(
            "select count(*) filter (why is distinct from lost_reason), count(why) "
            "from marts.fct_deals where deal_id like 'demo:%'"
        ).fetchall()
        assert (differing, given > 100) == (0, True)
        counted = con.execute(
            "select segment, cast(sum(denominator) as int) from kpis.kpi_win_rate where "
            "variant = 'count' and period_grain = 'year' and dimension = 'why' and denominator > 0 "
            "group by segment"
        ).fetchall()
        expected = con.execute(
            "select coalesce(lost_reason, '(none)'), count(*) from marts.fct_deals "
            "where is_closed group by all"
        ).fetchall()
        assert sorted(counted) == sorted(expected)


def test_a_property_of_companies_cuts_whatever_their_industry_cuts(past_build):
    """The industry a second time, under another name: in each mart, and in each KPI."""
    with opened(past_build.published_path) as con:
        marts = con.sql(
            "select table_name from duckdb_columns() where schema_name = 'marts' "
            "and column_name = 'sector'"
        ).fetchall()
        for [mart] in marts:
            assert con.sql(
                f"select count(*) from marts.{mart} where sector is distinct from industry"
            ).fetchone() == (0,), mart
        rows = "(select * exclude (dimension) from kpis.kpi_values where dimension = '{}')"
        one, other = rows.format("sector"), rows.format("industry")
        assert con.sql(f"{one} except all {other}").fetchmany(3) == []
        assert con.sql(f"{other} except all {one}").fetchmany(3) == []
        [[kpis, values]] = con.sql(
            f"select count(distinct kpi), count(value) from {one}"
        ).fetchall()
        assert len(marts) >= 17 and kpis > 40 and values > 10_000
        assert (
            con.sql(
                "select count(*) from kpis.kpi_mrr_by(['sector', 'plan']) where value > 0"
            ).fetchone()[0]
            > 100
        )


def test_loads_are_remembered_for_each_source(past_build):
    with opened(past_build.published_path) as con:
        assert con.sql(
            "select source_system, row_count, internal_row_count from marts.fct_input_loads "
            "where table_name = 'deals' order by 1"
        ).fetchall() == [("acme", 5, 1), ("demo", 1568, 0)]


def test_numbers_as_ids_become_text_and_a_nan_no_amount(past_build):
    with opened(past_build.build_path) as con:
        assert con.sql(
            "select deal_id, deal_amount, close_date from staging.stg_deals "
            "where source_system = 'acme' order by all"
        ).fetchall() == [
            ("acme:3", Decimal("50.00"), datetime.date(2024, 3, 2)),
            ("acme:3000017", Decimal("100.00"), datetime.date(2024, 2, 9)),
            ("acme:3000021", Decimal("300.00"), datetime.date(2024, 4, 29)),
            ("acme:4", None, None),
        ]
        rejected = "select row_key, rule from quality.rejected_rows where source_system = 'acme'"
        assert con.sql(rejected).fetchall() == [("5", "is_an_internal_record")]


def test_the_build_says_how_many_internal_records_it_left_out(past_build):
    assert (
        "Internal and test records, which seeds/reference/internal_records.csv names and no figure "
        "counts: 1 row(s) of deals; 0 more row(s) belong to them. See quality.internal_rows."
    ) in past_build.output


# -- Parquet instead of CSV ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parquet_build(demo_build):
    folder = demo_build.folder.parent / "parquet_build"

    def build():
        extracts = folder / "extracts"
        generate = [sys.executable, "-m", "generator", "--format", "parquet", "--out", extracts]
        subprocess.run(generate, cwd=ROOT, check=True, capture_output=True)
        staged = ["--resource-type", "model", "--resource-type", "seed"]
        return dbt(
            folder, ["build", *staged, "--select", "+path:models/staging"], extracts=extracts
        )

    return once(folder, build)


def test_typed_extracts_are_staged_as_text_is(parquet_build, demo_build):
    """The Parquet extracts lack the rows that must be rejected; all others are the same."""
    assert parquet_build.returncode == 0, parquet_build.output
    assert "REJECT" not in parquet_build.output
    with opened(parquet_build.build_path) as con:
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        tables = con.sql(
            "select table_name from duckdb_tables() where schema_name = 'staging' "
            "and database_name != 'demo' order by 1"
        ).fetchall()
        assert len(tables) >= 18
        for [table] in tables:
            typed, text = f"staging.{table}", f"demo.staging.{table}"
            columns = "* exclude (input_row_id)"
            for left, right in ((typed, text), (text, typed)):
                different = con.sql(
                    f"select {columns} from {left} except all select {columns} from {right}"
                ).fetchall()
                assert different == [], (left, right)
            assert con.sql(f"describe {typed}").fetchall() == con.sql(f"describe {text}").fetchall()
        types = dict(
            con.sql("select column_name, column_type from (describe inputs.input_deals)").fetchall()
        )
    # Large tables are not turned into text and back.
    assert types["deal_amount"].startswith("DECIMAL")
    assert types["created_at"].startswith("TIMESTAMP")
    assert types["is_archived"] == "BOOLEAN"


# -- how it is counted -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def past(past_build, demo_build):
    assert past_build.returncode == 0, past_build.output
    with opened(past_build.published_path) as con:
        con.execute(f"attach '{demo_build.published_path}' as demo (read_only)")
        yield con


def test_no_period_begins_after_the_reporting_date(past):
    assert past.sql(
        "select max(period_start), max(reporting_date) from marts.dim_periods"
        " where has_begun and period_grain = 'month'"
    ).fetchall() == [(datetime.date(2024, 8, 1), REPORTING_DATE)]
    # Coverage looks one period ahead, the forecast three quarters and four months; no other does.
    begun = past.sql(
        "select case when kpi in ('pipeline_coverage', 'sales_forecast') then kpi end,"
        " max(period_start) from kpis.kpi_values group by 1 order by 1"
    ).fetchall()
    assert begun == [
        ("pipeline_coverage", datetime.date(2025, 7, 1)),
        ("sales_forecast", datetime.date(2025, 1, 1)),
        (None, datetime.date(2024, 8, 12)),
    ]


def test_what_is_not_over_at_the_reporting_date_is_provisional(past):
    wrong = past.execute(
        "select distinct kpi from kpis.kpi_values where period_end > ? and not is_provisional",
        [REPORTING_DATE],
    ).fetchall()
    assert wrong == []


def test_nothing_after_the_reporting_date_is_counted(past):
    """Deals closed in the reporting month up to the day, counted from the demo's own marts."""
    count = """
        select count(*), sum(deal_amount) from demo.marts.fct_deals
        where is_won and closed_date between '2024-08-01' and '2024-08-15'
    """
    view = """
        select max(value) filter (where variant = 'deals'),
            max(value) filter (where variant = 'amount')
        from kpis.kpi_bookings
        where period_grain = 'month' and period_start = '2024-08-01' and dimension = 'all'
    """
    [expected] = past.sql(count).fetchall()
    assert past.sql(view).fetchall() == [expected]
    assert expected[0] > 0
    [[later]] = past.execute(
        "select count(*) from marts.fct_deals where closed_date > ?", [REPORTING_DATE]
    ).fetchall()
    assert later == 0


def test_periods_are_those_of_the_fiscal_year(past):
    starts = past.sql(
        "select period_grain, list(distinct month(period_start) order by month(period_start)) "
        "from marts.dim_periods where period_grain not in ('week', 'month') group by 1"
    ).fetchall()
    assert dict(starts) == {"quarter": [1, 4, 7, 10], "half_year": [1, 7], "year": [7]}


def test_a_fiscal_year_holds_its_twelve_months(past):
    for kpi in ("leads", "mqls"):
        view = f"kpis.kpi_{kpi}"
        [[year]] = past.sql(
            f"select value from {view} where period_grain = 'year' "
            "and period_start = '2023-07-01' and dimension = 'all' and variant = 'standard'"
        ).fetchall()
        [[months]] = past.sql(
            f"select sum(value) from {view} where period_grain = 'month' "
            "and period_start between '2023-07-01' and '2024-06-30' and dimension = 'all' "
            "and variant = 'standard'"
        ).fetchall()
        assert year == months > 0


def test_archived_records_are_counted_on_request(past):
    query = "select count(*) from {}.fct_deals where deal_id in ('demo:9100004', 'demo:9100005')"
    assert past.sql(query.format("demo.marts")).fetchall() == [(0,)]
    assert past.sql(query.format("marts")).fetchall() == [(2,)]


# -- what is wrongly set ---------------------------------------------------------------------------


def test_no_connector_at_all_is_named(run_dbt):
    run = run_dbt(
        ["build", "--select", "extracts", "expected_loads"],
        variables={"connectors": []},
        reads=True,
    )
    assert run.returncode != 0
    assert "The variable connectors names none that supplies a table" in run.output
    assert "Traceback" not in run.output


@pytest.mark.thorough
def test_connector_tables_and_models_must_say_the_same(tmp_path):
    project = tmp_path / "project"
    write_project_with_acme(project)
    folder = project / "models" / "connectors" / "acme"
    (folder / "acme__quotas.sql").write_text(ACME_PIPELINES)
    (folder / "acme__deal.sql").write_text(ACME_PIPELINES)
    tables = connector_tables("acme", "maven")
    tables["connector_tables"]["acme"] = ["pipelines", "deals"]
    command = ["build", "--select", "expected_loads"]
    run = dbt(tmp_path, command, project=project, variables=tables, reads=True)
    assert run.returncode != 0
    for line in (
        "models/connectors/acme/acme__deal.sql is read by no model: there is no input table deal; "
        "did you mean deals?",
        "models/connectors/acme has models that nothing reads: quotas; add them to "
        "connector_tables to have them counted",
    ):
        assert line in run.output, run.output
    assert "connectors/maven" not in run.output
    assert "Traceback" not in run.output


def test_a_listed_table_without_a_model_is_told(run_dbt):
    variables = connector_tables("maven")
    variables["connector_tables"]["maven"].append("companys")
    variables["connector_tables"]["maven"].append("quotes")
    run = run_dbt(["parse"], variables=variables)
    assert run.returncode != 0
    assert (
        "connector_tables says that maven supplies quotes, but there is no model "
        "models/connectors/maven/maven__quotes.sql; write it, or take quotes out of "
        "connector_tables"
    ) in run.output
    assert "depends on a node" not in run.output


def test_a_connector_without_a_folder_stops_at_the_gate(run_dbt):
    run = run_dbt(BUILD, variables={"connectors": ["maven"]})
    assert run.returncode != 0
    assert "STOP    maven: folder_is_found: extracts_dir names no folder for it" in run.output
    assert run.output.count("STOP ") == 1
    assert "Compilation Error" not in run.output
    assert not run.published_path.exists()
