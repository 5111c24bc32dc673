"""How far the report goes: no single moment moves it, and every build names the deciding table."""

import shutil
from datetime import date

import duckdb
import pytest

MODELS = [
    "int_input_days_counted",
    "int_input_days_chosen",
    "int_silences_judged",
    "int_reporting_date",
]
# The columns that hold moments, by staged table.
MOMENTS = {
    "stg_contacts": ["created_at"],
    "stg_companies": ["created_at"],
    "stg_lifecycle_history": ["entered_at"],
    "stg_deals": ["created_at"],
    "stg_deal_stage_history": ["entered_at"],
    "stg_quotes": ["created_at", "sent_at"],
    "stg_activities": ["occurred_at"],
    "stg_web_sessions": ["started_at"],
    "stg_trade_show_visits": ["visited_at"],
    "stg_feedback_submissions": ["submitted_at"],
    "stg_deal_property_history": ["changed_at"],
}
DAYS = {
    "stg_deals": ["close_date"],
    "stg_subscriptions": ["valid_from"],
    "stg_invoices": ["issued_on"],
    "stg_expense_ledger": ["booked_on"],
    "stg_payroll": ["payroll_month"],
    "stg_campaign_spend": ["spent_on"],
}
CELLS = [
    (table, column)
    for tables in (MOMENTS, DAYS)
    for table, columns in tables.items()
    for column in columns
]


@pytest.fixture(scope="module")
def reporting(demo_build):
    """A function: the demo's reporting date, with the first row of a table moved to 2035."""
    nodes = {node["name"]: node for node in demo_build.manifest["nodes"].values()}
    database = duckdb.connect(config={"threads": 1})
    database.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
    database.execute("create schema staging; create schema intermediate")
    parents = [key.split(".")[2] for key in nodes["int_input_days_counted"]["depends_on"]["nodes"]]
    for name in parents:
        database.execute(f"create table staging.{name} as from demo.staging.{name}")
    sql = {
        name: nodes[name]["compiled_code"].replace(f'"{nodes[name]["database"]}".', "")
        for name in MODELS
    }

    def run(table=None, column=None):
        database.execute("begin transaction")
        if table:
            database.execute(
                f"insert into staging.{table} select * replace (cast('2035-03-01' as "
                f"{database.execute(f'select typeof({column}) from staging.{table}').fetchone()[0]}"
                f") as {column}) from staging.{table} limit 1"
            )
        for name in MODELS:
            database.execute(f"create or replace table intermediate.{name} as {sql[name]}")
        [row] = database.execute("from intermediate.int_reporting_date").fetchall()
        database.execute("rollback")
        return row

    return run


def test_the_demo_is_reported_up_to_its_last_day(reporting):
    assert reporting()[1:] == (date(2025, 12, 31), date(2025, 12, 31), 1)


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_one_row_of_2035_does_not_move_the_report(reporting, table, column):
    assert reporting(table, column) == reporting()


@pytest.fixture
def say_last_day(run_dbt, demo_build, tmp_path):
    """A function: what dbt says of the reporting date after a change of the counted days."""
    for name in ("build", "target"):
        shutil.copytree(demo_build.folder / name, tmp_path / name)

    def run(change):
        with duckdb.connect(str(tmp_path / "build" / "revops.duckdb")) as con:
            con.execute(change.format(days="intermediate.int_input_days_counted"))
        done = run_dbt(["run", "--select", *MODELS[1:]], folder=tmp_path)
        assert done.returncode == 0, done.output
        lines = done.output.splitlines()
        return [line.partition("  ")[2] for line in lines if "WARN " in line or "Reported" in line]

    return run


def test_a_build_says_which_table_decides_and_what_is_ahead(say_last_day):
    said = say_last_day(
        """
        insert into {days} values
            ('demo', 'web_sessions', 1, '2026-01-05', 40),
            ('demo', 'contacts', 1, '2035-01-01', 1),
            ('demo', 'activities', 2, '2026-03-01', 12)
        """
    )
    assert said == [
        "Reported up to 2026-01-05, by web_sessions.",
        "  WARN    web_sessions is 5 days ahead of all other tables; the next is companies, up to "
        "2025-12-31. State reporting_date if the data ends before.",
        "  WARN    activities: 12 row(s) after that day, up to 2026-03-01, may be planned and are "
        "not counted yet. State reporting_date if they have happened.",
        "  WARN    contacts: 1 row(s) after that day, up to 2035-01-01, follow a long silence and "
        "are not counted yet. State reporting_date if they have happened.",
    ]
    said = say_last_day("delete from {days} where evidence in (1, 2)")
    assert said == [
        "Reported up to 2025-12-31, by invoices.",
        "  WARN    the date comes from billing alone: no table has a moment that a system wrote. "
        "State reporting_date if the data ends on another day.",
    ]


def test_the_demo_says_its_last_day_and_warns_of_nothing(demo_build):
    said = [line for line in demo_build.output.splitlines() if "Reported up to" in line]
    assert [line.partition("  ")[2] for line in said] == [
        "Reported up to 2025-12-31, by web_sessions."
    ]
    for warning in ("ahead of all other tables", "not counted yet", "billing alone"):
        assert warning not in demo_build.output
