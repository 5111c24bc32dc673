"""Every input is left out once, and some are there alone: unknown figures are null, and published.

`inputs` of kpi_variants says what each KPI needs. Without one of these tables it has no value
anywhere; without any other table it has values, and those of the total are the same, except where
the table makes a figure finer. Owners, plans and campaigns that no table lists are shown by their
given ids, and people whom the CRM does not know still count.
"""

import csv
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal

import duckdb
import gates
import pandas as pd
import pytest
from builds import UNTESTED_BUILD, once
from conftest import ROOT, dbt
from kpi_catalogue import catalogue
from left_out import Warehouse

from expectations import gate, loads
from expectations.rules import Calendar
from expectations.runner import Runner

# The companies that have one tool only, and the tables that it fills.
ALONE = {
    "a CRM of deals": {"deals", "pipelines"},
    "invoices": {"invoices"},
    "subscriptions": {"subscriptions"},
    "a website": {"web_sessions"},
    "a survey": {"feedback_submissions"},
    "books": {"expense_ledger"},
}

# These tables change figures that are known without them: when something happened or was served,
# who is who, at which rate, through which touch, what reps expect. All others only name and cut.
MAKE_FINER = {
    "activities",
    "campaigns",
    "companies",
    "contacts",
    "deal_contacts",
    "deal_property_history",
    "deal_stage_history",
    "exchange_rates",
    "invoice_lines",
    "lifecycle_history",
    "plans",
    "submitted_forecasts",
    "trade_show_visits",
    "web_sessions",
}

# And these change some figures alone: without pipelines no deal is rejected for its stage, without
# the ledger no platform has invoiced more than the spend that it reported, and without owners
# no rep is known to be new. Without deals nobody knows what is signed and begins later, and the
# terms that run remain.
CHANGE_SOME = {
    "owners": {("ramped_rep_yield", "ramped_reps")},
    "deals": {
        ("remaining_performance_obligation", "total"),
        ("remaining_performance_obligation", "current"),
    },
    "pipelines": {
        ("remaining_performance_obligation", "total"),
        ("remaining_performance_obligation", "current"),
        ("opportunities", "deals"),
        ("cost_per_opportunity", "deals"),
        ("pipeline_created", "amount"),
        ("pipeline_created", "deals"),
        ("pipeline_created", "amount_at_creation"),
    },
    "expense_ledger": {
        ("cost_per_lead", "media_only"),
        ("customer_acquisition_cost", "media_only"),
        ("marketing_spend", "media_only"),
    },
}


def needed_by_kpi():
    """Return {(kpi, variant): [the input tables of which one is needed, ...]}."""
    return {
        (kpi, name): [
            set(alternatives.split(" or ")) for alternatives in variant["inputs"].split("|")
        ]
        for kpi, row in catalogue().items()
        if row["status"] == "available"
        for name, variant in row["variants"].items()
    }


NEEDED = needed_by_kpi()
TABLES = sorted(path.stem.removeprefix("input_") for path in (ROOT / "models/inputs").glob("*.sql"))
STATES = {f"without_{table}": set(TABLES) - {table} for table in TABLES} | {
    f"only_{name.replace(' ', '_')}": tables for name, tables in ALONE.items()
}

# The states that `make check` looks at, too.
CHECKED = {"without_deals", "without_web_sessions", "without_payroll", "only_a_CRM_of_deals"}


# Their total is the sum of the teams, each one rounded: with other teams its last digit differs.
SUMMED_OVER_TEAMS = {"sales_forecast"}


def differ(kpi, rows, others):
    """Return whether the rows of a total, (grain, first day, value), are others."""
    if kpi not in SUMMED_OVER_TEAMS:
        return rows != others
    values, other_values = ({row[:2]: row[2] for row in each} for each in (rows, others))
    return values.keys() != other_values.keys() or any(
        abs(value - other_values[period]) > Decimal("0.0000001") for period, value in values.items()
    )


def is_known(kpi_and_variant, supplied):
    """Return whether the tables `supplied` hold all that a KPI needs."""
    return all(alternatives & supplied for alternatives in NEEDED[kpi_and_variant])


@pytest.fixture(scope="module")
def warehouse(demo_build):
    return Warehouse(demo_build)


@pytest.fixture(scope="module")
def figures(warehouse):
    """The figures of the whole demo."""
    return warehouse.figures()


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(state, marks=[] if state in CHECKED else pytest.mark.thorough)
        for state in STATES
    ],
)
def test_what_is_not_known_is_null_and_what_is_known_is_published(warehouse, figures, state):
    supplied = STATES[state]
    with warehouse.without(set(TABLES) - supplied) as differing:
        broken = warehouse.broken_tests(differing)
        found = warehouse.figures()
        reasons = warehouse.reasons()
    assert broken == {}, "the build would not publish"
    assert set(found) == set(NEEDED)
    expected = {key for key in NEEDED if is_known(key, supplied)}
    shown = {key for key, (count, _) in found.items() if count}
    assert sorted(shown - expected) == [], "a figure without its source"
    assert sorted(expected - shown) == [], "no figure, though all its inputs are there"
    others = {key: reasons[key] for key in set(NEEDED) - expected if reasons[key] != {"no_source"}}
    assert others == {}, "another reason than the source that is missing"
    if len(supplied) == len(TABLES) - 1 and not MAKE_FINER & (set(TABLES) - supplied):
        [left_out] = set(TABLES) - supplied
        changed = {key for key in expected if differ(key[0], found[key][1], figures[key][1])}
        assert changed == CHANGE_SOME.get(left_out, set()), (
            "another figure, though the table is none of its inputs"
        )


def test_every_kpi_has_figures_in_the_demo(figures):
    assert sorted(key for key, (count, _) in figures.items() if not count) == []


def test_nothing_lacks_a_source_in_the_demo(warehouse):
    """A segment without customers, a month without answers: all tables are there, and say so."""
    reasons = warehouse.reasons()
    assert {key for key, found in reasons.items() if "no_source" in found} == set()
    assert set.union(*reasons.values()) == {
        "zero_denominator",
        "too_few",
        "costs_not_known",
        "not_yet",
        "period_over",
        "no_burn",
    }


def test_only_input_tables_are_needed_and_each_is_left_out():
    needed = {table for groups in NEEDED.values() for group in groups for table in group}
    assert needed <= set(TABLES)
    assert len(TABLES) >= 25


@pytest.mark.thorough
def test_the_gate_does_not_look_for_rows_of_a_table_that_a_source_does_not_supply(demo_build):
    """Each source lacks one table and sends one row of every other, which refers to rows unsent.

    A table that no other refers to, and that no source must have, is not looked for anyway.
    """
    con = gates.database()
    con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
    for [seed] in con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = 'demo' and schema_name = 'reference'"
    ).fetchall():
        con.execute(f"create table reference.{seed} as from demo.reference.{seed}")
    suites = gate.all_suites(Calendar("1990-01-01", "2060-01-01"))
    looked_at = {r.table for suite in suites for r in suite.references}
    looked_at |= {suite.table for suite in suites if suite.required}
    sources = [f"without_{table}" for table in TABLES if table in looked_at]
    assert len(sources) >= 8
    for suite in suites:
        columns = [column for reference in suite.references for column in reference.columns]
        nulls = " + ".join(
            ["0 * input_row_id", *(f"({column} is null)::int" for column in columns)]
        )
        con.execute(
            f"""
            create table inputs.input_{suite.table} as
            select row_number() over () as input_row_id, sources.source as source_system,
                row.* exclude (input_row_id, source_system)
            from (
                from demo.inputs.input_{suite.table} order by {nulls}, input_row_id limit 1
            ) as row
            cross join (select unnest($sources) as source) as sources
            where sources.source != $own
            """,
            {"sources": sources, "own": f"without_{suite.table}"},
        )
    [settings] = con.execute("from demo.quality.expected_loads limit 1").df().to_dict("records")
    expected = pd.DataFrame(
        {**settings, "source_system": source, "table_name": table}
        for source in sources
        for table in TABLES
        if source != f"without_{table}"
    )
    checks = gate.check_inputs(con, expected, loads.NO_MONTHS).df()
    found = {
        (row.table_name, row.column_name, row.rule): set(row.unexpected_sources)
        for row in checks.itertuples()
    }
    looked_for = 0
    for suite in suites:
        for reference in suite.references:
            name = (suite.table, reference.column, f"is_known_in_{reference.table}")
            if name in found:
                looked_for += bool(found[name])
                assert f"without_{reference.table}" not in found[name], name
    assert looked_for >= 25
    empty = [name for name, rows in found.items() if name[2].startswith("required") and rows]
    assert empty == []


# -- what no table lists ---------------------------------------------------------------------------

CALENDAR = Calendar("1990-01-01", "2060-01-01")
LISTED = {"owner": "owners", "plan": "plans", "campaign": "campaigns"}
# Each id, and what all other tables have in its place. 70005 has a namesake, which needs no id any
# more once 70005 is not listed. The last owner is given by name, as some tools do.
UNLISTED = {
    "owner": {"70001": "70001", "70005": "70005", "70003": "Nils K.: North"},
    "plan": {"growth_m": "growth_m", "insights_y": "insights_y"},
    "campaign": {"C01": "C01", "C19": "C19"},
}
# These KPIs count by what else the tables say: who is a rep and since when, and which plans are
# add-ons.
COUNTED_BY_TABLE = {
    ("owner", "rep_yield"),
    ("owner", "ramped_rep_yield"),
    *((dimension, "arpu") for dimension in LISTED),
}


def shown(names):
    """Return how each id of {id: name} is shown."""
    namesakes = Counter(names.values())
    return {
        id_: name if namesakes[name] == 1 else f"{name} (demo:{id_})" for id_, name in names.items()
    }


def segments(con):
    """Return {(dimension, kpi): {row: count}} for the dimensions of `LISTED`.

    Returns of spend are left out: without its table nobody knows that a campaign ends, and is one
    purchase. A row is a tuple that ends with its segment and its value. If two segments bear
    the same share of a cost, the first by name takes the remainder of rounding, in the eighth
    decimal.
    """
    found = {}
    for dimension, kpi, *row in con.execute(
        """
        select dimension, kpi, variant, period_grain, period_start, segment, round(value, 6)
        from kpis.kpi_values
        where dimension in (select unnest($1)) and not suffix(variant, '_of_spend')
        """,
        [list(LISTED)],
    ).fetchall():
        found.setdefault((dimension, kpi), Counter())[tuple(row)] += 1
    return found


# Views of millions of rows, whose texts are those of `kpi_values`.
VIEWS_OF_KPI_VALUES = ("kpi_changes", "kpi_drivers")


def texts_with_a_source(con):
    """Return the columns of marts and KPIs in which a text is `source:id`, those of ids apart."""
    tables = con.execute(
        """
        select schema_name || '.' || table_name, list(column_name order by column_index)
        from duckdb_columns()
        where
            database_name = 'revops'
            and schema_name in ('marts', 'kpis')
            and table_name not in $1
            and data_type = 'VARCHAR'
            and not suffix(column_name, '_id')
        group by 1
        """,
        [VIEWS_OF_KPI_VALUES],
    ).fetchall()
    assert sum(len(columns) for _, columns in tables) > 500
    found = []
    for table, columns in tables:
        tested = ", ".join(f"bool_or(starts_with({column}, 'demo:'))" for column in columns)
        [has_source] = con.execute(f"select {tested} from {table}").fetchall()
        found += [(table, column) for column, has in zip(columns, has_source, strict=True) if has]
    return found


def told_of(con, tables):
    """Return the (severity, rule) that the gate finds broken of the references to some tables."""
    suites = [
        replace(suite, references=references, rules=(), orders=(), conditions=(), periods=())
        for suite in gate.all_suites(CALENDAR)
        if (references := tuple(r for r in suite.references if r.table in tables))
    ]
    return {
        (finding.rule.severity, finding.rule.name)
        for finding in gate.check_rows(con, suites, CALENDAR, Runner())
        if not finding.is_met and finding.rule.name.startswith("is_known_in_")
    }


@pytest.fixture(scope="module")
def names(warehouse):
    """{dimension: {id: name}} as the demo lists them."""
    return {
        dimension: dict(
            warehouse.con.execute(
                f"select {dimension}_id, {dimension}_name from inputs.input_{table}"
            ).fetchall()
        )
        for dimension, table in LISTED.items()
    }


@pytest.fixture(scope="module")
def named(warehouse):
    """The segments of the whole demo."""
    return segments(warehouse.con)


def assert_shown_as(found, named, renamed):
    """Assert that the segments found are those of the demo, renamed by {dimension: {old: new}}."""
    assert set(found) == set(named)
    for (dimension, kpi), rows in named.items():
        new = renamed[dimension]
        if (dimension, kpi) in COUNTED_BY_TABLE:
            shown_now = {row[-2] for row in found[dimension, kpi]}
            assert shown_now - {*new.values(), "(none)"} == set(), (dimension, kpi)
            continue
        expected = Counter()
        for (*row, segment, value), count in rows.items():
            expected[(*row, new.get(segment, segment), value)] += count
        lacking, extra = expected - found[dimension, kpi], found[dimension, kpi] - expected
        assert (list(lacking)[:3], list(extra)[:3]) == ([], []), (dimension, kpi)


@pytest.mark.thorough
def test_owners_plans_and_campaigns_without_a_table_are_shown_by_their_ids(warehouse, names, named):
    with warehouse.without(set(LISTED.values())):
        found = segments(warehouse.con)
        assert texts_with_a_source(warehouse.con) == []
    assert_shown_as(
        found,
        named,
        {
            dimension: {name: id_ for id_, name in shown(listed).items()}
            for dimension, listed in names.items()
        },
    )


@pytest.mark.thorough
def test_owners_plans_and_campaigns_that_their_table_does_not_list_are_shown_by_their_ids(
    warehouse, names, named
):
    changes = {
        table: f"delete from inputs.input_{table} "
        f"where {dimension}_id in {tuple(UNLISTED[dimension])}"
        for dimension, table in LISTED.items()
    }
    for [table] in warehouse.con.execute(
        "select table_name from duckdb_columns() where database_name = 'revops' "
        "and schema_name = 'inputs' and column_name = 'owner_id' and table_name != 'input_owners'"
    ).fetchall():
        changes[table.removeprefix("input_")] = (
            f"update inputs.{table} set owner_id = '{UNLISTED['owner']['70003']}' "
            "where owner_id = '70003'"
        )
    with warehouse.altered(changes) as differing:
        broken = warehouse.broken_tests(differing)
        found = segments(warehouse.con)
        assert texts_with_a_source(warehouse.con) == []
        # The gate reports them, and rejects no row for it.
        assert told_of(warehouse.con, LISTED.values()) == {
            ("warn", f"is_known_in_{table}") for table in LISTED.values()
        }
    assert broken == {}, "the build would not publish"
    renamed = {}
    for dimension, listed in names.items():
        rest = {id_: name for id_, name in listed.items() if id_ not in UNLISTED[dimension]}
        new = shown(rest) | UNLISTED[dimension]
        renamed[dimension] = {old: new[id_] for id_, old in shown(listed).items()}
    assert renamed["owner"]["Camille Vernouel (demo:70010)"] == "Camille Vernouel"
    assert_shown_as(found, named, renamed)


def test_what_needs_a_table_that_stopped_is_provisional(warehouse):
    """The loader of web sessions stopped on 14 October: from October on visitors wait for it."""
    visitors = ("web_sessions", "visitor_to_lead_rate")

    def last_whole_months():
        return dict(
            warehouse.con.execute(
                """
                select kpi, max(period_start)
                from kpis.kpi_values
                where variant in ('standard', 'period') and period_grain = 'month'
                    and dimension = 'all' and not is_provisional
                group by kpi
                """
            ).fetchall()
        )

    before = last_whole_months()
    assert {str(before[kpi]) for kpi in (*visitors, "mrr", "leads")} == {"2025-12-01"}
    # That day ends at 22:00 UTC in Paris.
    stopped = "delete from inputs.input_web_sessions where started_at >= '2025-10-14T22:00'"
    with warehouse.altered({"web_sessions": stopped}) as differing:
        broken = warehouse.broken_tests(differing)
        after = last_whole_months()
        trust = dict(
            warehouse.con.execute("select kpi, stale_tables from kpis.kpi_trust").fetchall()
        )
        [stale] = warehouse.con.execute(
            "select latest_date, is_stale from marts.fct_input_loads "
            "where table_name = 'web_sessions'"
        ).fetchall()
    assert broken == {}, "the build would not publish"
    assert (str(stale[0]), stale[1]) == ("2025-10-14", True)
    assert {kpi: str(after[kpi]) for kpi in visitors} == dict.fromkeys(visitors, "2025-09-01")
    changed = {kpi for kpi in before if before[kpi] != after[kpi]}
    assert changed == {
        kpi for kpi, tables in trust.items() if kpi in before and tables == "web_sessions"
    }
    assert not changed & {"mrr", "leads", "bookings"}


def test_the_last_answer_of_a_person_counts_whom_the_crm_does_not_know(warehouse):
    """22 answers of 16 people: the CRM knows 3 of them, and 6 had answered before."""
    known = warehouse.con.execute(
        "select split_part(contact_id, ':', 2) from staging.stg_contacts "
        "where surviving_contact_id = contact_id and is_counted order by contact_id limit 3"
    ).fetchall()
    people = [contact for [contact] in known] + [f"asked-{number}" for number in range(13)]
    scores = [9, 0, 7, 6, 10, 3, 8, 6, 9, 5, 7, 1, 10, 2, 8, 6]
    before = dict(zip(people[2:8], [10, 9, 0, 9, 6, 5], strict=True))
    answers = [(contact, score, "2025-02-10") for contact, score in before.items()]
    answers += zip(people, scores, ["2025-06-10"] * 16, strict=True)
    rows = ", ".join(
        f"({number}, 'demo', 'answer-{number}', '{contact}', 'NPS', '{score}', '{day}T09:00:00Z')"
        for number, (contact, score, day) in enumerate(answers, start=1_000_000)
    )
    change = (
        "delete from inputs.input_feedback_submissions; "
        f"insert into inputs.input_feedback_submissions values {rows}"
    )
    with warehouse.altered({"feedback_submissions": change}):
        assert told_of(warehouse.con, {"contacts"}) == {("warn", "is_known_in_contacts")}
        found = warehouse.con.execute(
            """
            select variant, period_grain, numerator, denominator, value
            from kpis.kpi_net_promoter_score
            where dimension = 'all' and denominator > 0
            order by all
            """
        ).fetchall()
    # In points of 100: the last answers are of 4 promoters and 8 detractors among 16 people.
    assert found == [
        ("all_responses", "month", -400, 16, -25),
        ("all_responses", "month", 0, 6, 0),
        ("all_responses", "year", -400, 22, Decimal("-18.18181818")),
        ("latest_per_contact", "month", -400, 16, -25),
        ("latest_per_contact", "month", 0, 6, 0),
        ("latest_per_contact", "year", -400, 16, -25),
    ]


INTERNAL = [
    ("companies", "company_name", "dal*"),
    ("contacts", "contact_id", "demo:1000240"),
    ("deals", "deal_id", "3000161"),
    ("subscriptions", "subscription_id", "S100033"),
]


def internal_ids():
    """Return {table: the ids of what is internal}, from the raw files, by the lines of INTERNAL."""

    def rows(table):
        with (ROOT / "seeds" / "demo" / f"{table}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def ids(table, named, of_others=lambda row: False):
        """Those that are named, what was merged into these, and those of other records."""
        own = {row["hs_object_id"] for row in rows(table) if named(row)}
        return {
            row["hs_object_id"]
            for row in rows(table)
            if row["hs_object_id"] in own or row["merged_into_id"] in own or of_others(row)
        }

    companies = ids("companies", lambda row: row["name"].lower().startswith("dal"))
    belongs = defaultdict(list)
    for row in rows("contact_companies"):
        belongs[row["contact_id"]].append(row["company_id"] in companies)
    contacts = ids(
        "contacts",
        lambda row: row["hs_object_id"] == "1000240",
        lambda row: all(belongs.get(row["hs_object_id"], [False])),
    )
    deals = ids(
        "deals",
        lambda row: row["hs_object_id"] == "3000161",
        lambda row: row["associatedcompanyid"] in companies,
    )
    subscriptions = {
        row["subscription_id"]
        for row in rows("subscriptions")
        if row["subscription_id"] == "S100033"
        or row["company_id"] in companies
        or row["deal_id"] in deals
    }
    invoices = {
        row["invoice_id"]
        for row in rows("invoices")
        if row["company_id"] in companies
        or row["deal_id"] in deals
        or row["subscription_id"] in subscriptions
    }
    return {
        "company_id": companies,
        "contact_id": contacts,
        "deal_id": deals,
        "subscription_id": subscriptions,
        "invoice_id": invoices,
    }


# Table -> the ids any of which makes a row of it internal.
BELONGING = {
    "companies": ["company_id"],
    "contacts": ["contact_id"],
    "contact_companies": ["contact_id", "company_id"],
    "lifecycle_history": ["contact_id"],
    "deals": ["deal_id"],
    "deal_contacts": ["deal_id", "contact_id"],
    "deal_stage_history": ["deal_id"],
    "deal_property_history": ["deal_id"],
    "quotes": ["deal_id"],
    "feedback_submissions": ["contact_id"],
    "web_sessions": ["contact_id"],
    "trade_show_visits": ["contact_id"],
    "subscriptions": ["subscription_id"],
    "invoices": ["invoice_id"],
    "invoice_lines": ["invoice_id"],
}


def test_internal_records_and_what_belongs_to_them_count_as_if_they_were_not_there(
    warehouse, tmp_path
):
    def kept(name):
        path = tmp_path / name
        warehouse.con.execute(f"copy (from kpis.kpi_values) to '{path}' (format parquet)")
        return f"from '{path}'"

    found = internal_ids()
    assert all(len(ids) > 1 for ids in found.values())
    words = {column: ", ".join(f"'{each}'" for each in ids) for column, ids in found.items()}
    changes = {
        table: f"delete from inputs.input_{table} where "
        + " or ".join(f"{column} in ({words[column]})" for column in columns)
        for table, columns in BELONGING.items()
    }
    changes["activities"] = (
        f"delete from inputs.input_activities where deal_id in ({words['deal_id']}) "
        f"or (deal_id is null and contact_id in ({words['contact_id']}))"
    )
    before = kept("before.parquet")
    with warehouse.altered(changes):
        without = kept("without.parquet")
    with warehouse.internal(INTERNAL) as differing:
        broken = warehouse.broken_tests(differing)
        left_out = kept("left_out.parquet")
    ask = warehouse.con.execute
    assert ask(f"({left_out} except all {without})").fetchmany(3) == []
    assert ask(f"({without} except all {left_out})").fetchmany(3) == []
    [[kpis]] = ask(f"select count(distinct kpi) from ({before} except all {left_out})").fetchall()
    assert kpis > 50
    assert broken == {}, "the build would not publish"


@pytest.mark.thorough
def test_a_company_with_invoices_alone_publishes(demo_build):
    folder = demo_build.folder.parent / "invoices_build"
    variables = {"connector_tables": {"demo": ["invoices"]}}
    build = once(folder, lambda: dbt(folder, UNTESTED_BUILD, variables=variables))
    assert build.returncode == 0, build.output
    with duckdb.connect(str(build.published_path), read_only=True) as con:
        shown = con.sql(
            "select distinct kpi, variant from kpis.kpi_values where value is not null"
        ).fetchall()
    assert set(shown) == {key for key in NEEDED if is_known(key, {"invoices"})}
