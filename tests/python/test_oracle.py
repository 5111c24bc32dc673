"""The demo's KPIs, computed a second time: plain Python, from the CSV files, by the definitions.

Nothing here reads the project's SQL or imports from it. Whatever both agree on could still be a
definition misread twice, but no join, cast, time zone or period can be wrong in one alone.
"""

from datetime import date, timedelta
from statistics import median

import duckdb
import pytest
from crm import STAGES, Company, periods_of
from figures import HORIZON, Figures, assert_rows_are, had, total, total_known, waiting_time

CONVERSIONS = [
    ("lead_to_mql_rate", "lead", "mql"),
    ("mql_to_sql_rate", "mql", "sql"),
    ("sql_to_opportunity_rate", "sql", "opportunity"),
    ("opportunity_to_customer_rate", "opportunity", "customer"),
    ("lead_to_customer_rate", "lead", "customer"),
]
# The CRM's words for stages that the warehouse calls by another name.
WORDS = {"marketingqualifiedlead": "mql", "salesqualifiedlead": "sql"}
DIMENSIONS = ("channel", "owner", "team", "lifecycle_stage")
# The variants of opportunities that count contacts.
CONTACTS = ("contacts", "contacts_strict")


@pytest.fixture(scope="module")
def company(project_root):
    return Company(project_root)


@pytest.fixture(scope="module")
def figures(company):
    figures = Figures(company)
    add_funnel(figures, company.contacts.values())
    add_scores(figures, company.contacts.values())
    add_sales(figures, company.deals.values())
    return figures.cells


def add_funnel(figures, contacts):
    for contact in contacts:
        contact["quoted_as_sql"] = contact["quoted"] if contact["sql"] else None
        contact["won_as_lead"] = contact["won"] if contact["lead"] else None
    for stage, kpi in zip(
        STAGES, ["leads", "mqls", "sqls", "opportunities", "new_customers"], strict=True
    ):
        # The default of opportunities counts deals.
        names = CONTACTS if kpi == "opportunities" else ("standard", "strict")
        for variant, key in zip(names, (stage, f"own_{stage}"), strict=True):
            figures.add(kpi, variant, figures.grouped(contacts, key), lambda c, m: (len(m), None))

    for kpi, earlier, later in CONVERSIONS:
        add_conversion(figures, contacts, kpi, earlier, later)

    leads = figures.grouped(contacts, "lead")
    sqls = figures.grouped(contacts, "sql")
    quoted_sqls = figures.grouped(contacts, "quoted_as_sql")
    figures.add(
        "sql_to_quote_rate",
        "cohort",
        sqls,
        lambda c, m: (had(m, "quoted"), len(m)),
        waiting_time(contacts, "sql", "quoted"),
    )
    figures.add("sql_to_quote_rate", "period", sqls, lambda c, m: (len(quoted_sqls[c]), len(m)))
    close = "lead_to_close"
    to_won = waiting_time(contacts, "lead", "won")
    to_lost = waiting_time(contacts, "lead", "lost_to_competitor")
    figures.add(close, "close_rate", leads, lambda c, m: (had(m, "won"), len(m)), to_won)
    figures.add(close, "leads_per_close", leads, lambda c, m: (len(m), had(m, "won")), to_won)
    figures.add(
        close, "leads_per_lost", leads, lambda c, m: (len(m), had(m, "lost_to_competitor")), to_lost
    )
    wins = {c: len(m) for c, m in figures.grouped(contacts, "won_as_lead").items()}
    figures.add(close, "close_rate_period", leads, lambda c, m: (wins[c], len(m)))
    figures.add(close, "leads_per_close_period", leads, lambda c, m: (len(m), wins[c]))
    for contact in contacts:
        wait = contact["answer_days"]
        contact["answered_in_a_day"] = wait is not None and wait <= 1
    speed, to_answer = "speed_to_lead", waiting_time(contacts, "lead", "answered")
    figures.add(
        speed,
        "median",
        leads,
        lambda c, m: (None, had(m, "answered")),
        to_answer,
        lambda m: median(known(m, "answer_days")) if known(m, "answer_days") else None,
    )
    figures.add(speed, "answered", leads, lambda c, m: (had(m, "answered"), len(m)), to_answer)
    figures.add(
        speed,
        "within_a_day",
        leads,
        lambda c, m: (had(m, "answered_in_a_day"), len(m)),
        timedelta(days=1),
    )
    figures.add("referral_leads", "standard", leads, lambda c, m: (came_by(m, "referral"), len(m)))


def came_by(contacts, channel):
    return sum(1 for contact in contacts if contact["channel"] == channel)


def add_scores(figures, contacts):
    """The scores of today's contacts by their stage of today: earlier ones are not known."""
    today = figures.company.today
    periods = [(grain, first) for grain, first in periods_of(today) if grain != "week"]
    groups = {(*period, "all", "all"): list(contacts) for period in periods}
    for contact in contacts:
        stage = WORDS.get(contact["stage"], contact["stage"])
        for period in periods:
            groups.setdefault((*period, "lifecycle_stage", stage), []).append(contact)
    kpi = "lead_score_by_stage"
    figures.add(kpi, "contacts", groups, lambda c, m: (len(m), None))
    figures.add(kpi, "average", groups, lambda c, m: (total(m, "score"), len(known(m, "score"))))


def add_conversion(figures, contacts, kpi, earlier, later):
    for prefix, names in (
        ("", ("cohort", "cohort_90_days", "period")),
        ("own_", ("strict", "strict_90_days", "strict_period")),
    ):
        for contact in contacts:
            start, end = contact[prefix + earlier], contact[prefix + later]
            # The later stage must have been entered out of the earlier one. An imputed earlier
            # date is never after the later one.
            converted = end if start and end and end >= start else None
            contact["converted"] = converted
            contact["in_time"] = converted and converted - start <= HORIZON
        cohort = figures.grouped(contacts, prefix + earlier)
        entries = {c: len(m) for c, m in figures.grouped(contacts, "converted").items()}
        wait = waiting_time(contacts, prefix + earlier, "converted")
        figures.add(kpi, names[0], cohort, lambda c, m: (had(m, "converted"), len(m)), wait)
        figures.add(kpi, names[1], cohort, lambda c, m: (had(m, "in_time"), len(m)), HORIZON)
        figures.add(kpi, names[2], cohort, lambda c, m, e=entries: (e[c], len(m)))


def known(members, key):
    return [m[key] for m in members if m[key] is not None]


def add_sales(figures, deals):
    for deal in deals:
        deal["won_a_customer"] = None
        deal["won_cycle"] = deal["cycle"] if deal["is_won"] else None
        deal["won_from_creation"] = deal["from_creation"] if deal["is_won"] else None
    closed = figures.grouped(deals, "closed")
    created = figures.grouped(deals, "created")
    quoted = figures.grouped(deals, "quoted")

    for deal in first_won_deals(figures.company):
        deal["won_a_customer"] = deal["closed"]
    customers = figures.grouped(deals, "won_a_customer")
    figures.add("new_customers", "companies", customers, lambda c, m: (len(m), None))

    figures.add("win_rate", "count", closed, lambda c, m: (had(m, "is_won"), len(m)))

    def won(members):
        return [m for m in members if m["is_won"]]

    figures.add(
        "win_rate",
        "value",
        closed,
        lambda c, m: (total_known(won(m), "amount"), total_known(m, "amount")),
    )
    figures.add("opportunities", "deals", created, lambda c, m: (len(m), None))
    figures.add(
        "opportunities", "new_business", created, lambda c, m: (had(m, "is_new_business"), None)
    )
    figures.add(
        "win_rate",
        "created_cohort",
        created,
        lambda c, m: (had(m, "is_won"), len(m)),
        waiting_time(won(deals), "created", "closed"),
    )
    figures.add(
        "average_deal_size",
        "standard",
        closed,
        lambda c, m: (total_known(won(m), "amount"), len(known(won(m), "amount"))),
    )
    figures.add("bookings", "amount", closed, lambda c, m: (total_known(won(m), "amount"), None))
    figures.add("bookings", "deals", closed, lambda c, m: (had(m, "is_won"), None))
    cycle = "sales_cycle_length"
    figures.add(
        cycle, "mean", closed, lambda c, m: (total(m, "won_cycle"), len(known(m, "won_cycle")))
    )
    figures.add(
        cycle,
        "median",
        closed,
        lambda c, m: (None, len(known(m, "won_cycle"))),
        value=lambda m: median(known(m, "won_cycle")) if known(m, "won_cycle") else None,
    )
    figures.add(
        cycle,
        "from_creation",
        closed,
        lambda c, m: (total(m, "won_from_creation"), len(known(m, "won_from_creation"))),
    )
    won_deals = figures.grouped(won(deals), "closed")
    first = "time_to_first_invoice"
    figures.add(
        first,
        "mean",
        won_deals,
        lambda c, m: (total(m, "invoice_wait"), len(known(m, "invoice_wait"))),
    )
    figures.add(
        first,
        "median",
        won_deals,
        lambda c, m: (None, len(known(m, "invoice_wait"))),
        value=lambda m: median(known(m, "invoice_wait")) if known(m, "invoice_wait") else None,
    )
    figures.add(first, "not_yet_invoiced", won_deals, lambda c, m: (had(m, "awaits_invoice"), None))
    wait = waiting_time(won(deals), "quoted", "closed")
    figures.add("quoted_to_won_rate", "rate", quoted, lambda c, m: (had(m, "is_won"), len(m)), wait)
    figures.add(
        "quoted_to_won_rate",
        "quoted_per_won",
        quoted,
        lambda c, m: (len(m), had(m, "is_won")),
        wait,
    )


def first_won_deals(company):
    """The first won deal of each company; one without a company is a company of its own."""
    first = {}
    for deal_id, deal in company.deals.items():
        if deal["is_won"] and deal["closed"]:
            customer = deal["company"] or ("deal", deal_id)
            first[customer] = min(first.get(customer, (date.max,)), (deal["closed"], deal_id))
    return [company.deals[deal_id] for _, deal_id in first.values()]


@pytest.fixture(scope="module")
def published(demo_build):
    connection = duckdb.connect(str(demo_build.published_path), read_only=True)
    yield connection
    connection.close()


VARIANTS = {
    "leads": ["standard", "strict"],
    "mqls": ["standard", "strict"],
    "sqls": ["standard", "strict"],
    "opportunities": ["deals", "new_business", *CONTACTS],
    "new_customers": ["standard", "strict", "companies"],
    "referral_leads": ["standard"],
    "speed_to_lead": ["median", "within_a_day", "answered"],
    "lead_score_by_stage": ["average", "contacts"],
    **{
        kpi: ["cohort", "cohort_90_days", "period", "strict", "strict_90_days", "strict_period"]
        for kpi, _, _ in CONVERSIONS
    },
    "win_rate": ["count", "value", "created_cohort"],
    "average_deal_size": ["standard"],
    "bookings": ["amount", "deals"],
    "sales_cycle_length": ["mean", "median", "from_creation"],
    "time_to_first_invoice": ["mean", "median", "not_yet_invoiced"],
    "quoted_to_won_rate": ["rate", "quoted_per_won"],
    "sql_to_quote_rate": ["cohort", "period"],
    "lead_to_close": [
        *("close_rate", "leads_per_close", "leads_per_lost"),
        *("close_rate_period", "leads_per_close_period"),
    ],
}


@pytest.mark.parametrize("kpi", VARIANTS)
def test_every_cell_is_what_plain_python_makes_of_the_files(kpi, figures, published):
    assert_rows_are(figures[kpi], kpi, VARIANTS[kpi], DIMENSIONS, published)


def test_a_deal_that_never_was_one_is_in_no_mart_but_its_own(company, published):
    never = {f"demo:{r['hs_object_id']}" for r in company.deal_rows if company.never_was_a_deal(r)}
    assert never == {f"demo:{number}" for number in range(9100029, 9100033)}
    tables = published.sql(
        "select table_name from duckdb_columns() where schema_name = 'marts' "
        "and column_name = 'deal_id' order by 1"
    ).fetchall()
    found = {
        table: {deal for (deal,) in published.sql(f"select deal_id from marts.{table}").fetchall()}
        for (table,) in tables
    }
    assert found.pop("fct_excluded_deals") == never
    assert len(found) > 10
    assert {table for table, deals in found.items() if deals & never} == set()


def test_the_files_hold_what_makes_the_comparison_worth_it(company):
    """Else it might agree because there is nothing to disagree about."""
    contacts, deals = company.contacts.values(), company.deals.values()
    assert company.today == date(2025, 12, 31)
    assert sum(a != b for a, b in company.contact_of.items()) >= 3
    assert sum(bool(c["customer"] and not c["own_opportunity"]) for c in contacts) > 1
    assert sum(bool(c["lead"] and not c["own_lead"]) for c in contacts) > 0
    assert sum(bool(c["won"] and c["quoted"] and c["lead"]) for c in contacts) > 100
    assert any(len(c) > 1 for c in company.contacts_of_deals.values())
    owners = {r["hs_object_id"]: r["hubspot_owner_id"] for r in company.deal_rows}
    assert [number for number, d in company.deals.items() if d["owner_id"] != owners[number]] == [
        "9100027"
    ]
    teams = {(d["owner_id"], d["team"]) for d in deals}
    assert {("70006", "SMB"), ("70006", "Mid-Market")} < teams
    assert sum(bool(d["closed"] and d["created"] and d["closed"] < d["created"]) for d in deals)
    assert {"(none)"} < {d["channel"] for d in deals}
    assert sum(r["deal_currency_code"] != "EUR" for r in company.deal_rows) > 10
