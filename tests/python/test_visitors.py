"""Visitors and their sessions: every row of the views against plain Python."""

from collections import defaultdict

import duckdb
import pytest
from crm import Company, periods_of
from figures import HORIZON, Figures, assert_rows_are, total, waiting_time
from visitors import Visits

DIMENSIONS = ("channel", "touchpoint", "campaign", "landing_page")
# KPI -> its numerator, and its denominator if it has one.
TRAFFIC = {
    "web_sessions": ("sessions", None),
    "page_views": ("pages", None),
    "pages_per_session": ("pages", "paged"),
    "average_session_duration": ("seconds", "timed"),
    "bounce_rate": ("bounced", "paged"),
}
STAGES = {
    "visitor_to_lead_rate": "lead",
    "visitor_to_mql_rate": "mql",
    "visitor_to_customer_rate": "customer",
}
VARIANTS = {
    **{kpi: ["standard"] for kpi in ["web_users", *TRAFFIC]},
    **{kpi: ["cohort", "cohort_90_days", "period"] for kpi in STAGES},
}


@pytest.fixture(scope="module")
def published(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def visits(project_root):
    return Visits(Company(project_root))


@pytest.fixture(scope="module")
def figures(visits):
    figures = Figures(visits.company, DIMENSIONS)
    add_traffic(figures, visits.sessions)
    add_rates(figures, visits)
    return figures.cells


def grouped_days(figures, things, when, count):
    """Like `figures.grouped`, with what was counted on each day in the place of the things."""
    days = defaultdict(list)
    for thing in things:
        for cut in figures.cuts(thing):
            days[thing[when], cut].append(thing)
    groups = figures.empty_groups(cut for _, cut in days)
    for (on, cut), members in days.items():
        counted = count(members)
        for period in periods_of(on):
            groups[(*period, *cut)].append(counted)
    return groups


def visitors_of(touches):
    """The visitors of one day."""
    return {"visitors": {touch["visitor"] for touch in touches}}


def number_of_visitors(days):
    return len(set().union(*(day["visitors"] for day in days)))


def traffic_of(sessions):
    """The visitors of one day, and what was counted in their sessions."""
    pages = [session["pages"] for session in sessions if session["pages"] is not None]
    seconds = [session["seconds"] for session in sessions if session["seconds"] is not None]
    return visitors_of(sessions) | {
        "sessions": len(sessions),
        "pages": sum(pages),
        "paged": len(pages),
        "bounced": pages.count(1),
        "seconds": sum(seconds),
        "timed": len(seconds),
    }


def add_traffic(figures, sessions):
    days = grouped_days(figures, sessions, "on", traffic_of)
    figures.add("web_users", "standard", days, lambda c, m: (number_of_visitors(m), None))
    for kpi, (upper, lower) in TRAFFIC.items():
        figures.add(
            kpi,
            "standard",
            days,
            lambda c, m, upper=upper, lower=lower: (total(m, upper), lower and total(m, lower)),
        )


def cohort_of(visitors):
    """How many first came on one day, and how many of them reached each stage: ever, in time."""
    counted = {"visitors": len(visitors)}
    for stage in STAGES.values():
        waited = [v[stage] - v["first_visit"] for v in visitors if v[stage]]
        counted[stage] = len(waited)
        counted[f"{stage}_in_time"] = sum(time <= HORIZON for time in waited)
    return counted


def add_rates(figures, visits):
    """The three rates of visitors: one cohort and one number of visitors for all of them."""
    cohort = grouped_days(figures, visits.visitors, "first_visit", cohort_of)
    days = grouped_days(figures, visits.touches, "on", visitors_of)
    came = {cell: number_of_visitors(members) for cell, members in days.items()}
    for kpi, stage in STAGES.items():
        for variant, counted, horizon in (
            ("cohort", stage, waiting_time(visits.visitors, "first_visit", stage)),
            ("cohort_90_days", f"{stage}_in_time", HORIZON),
        ):
            figures.add(
                kpi,
                variant,
                cohort,
                lambda c, m, counted=counted: (total(m, counted), total(m, "visitors")),
                horizon,
            )
        entered = dict.fromkeys(came, ()) | figures.grouped(visits.visited_contacts, stage)
        figures.add(kpi, "period", entered, lambda c, m: (len(m), came.get(c, 0)))


@pytest.mark.parametrize("kpi", VARIANTS)
def test_every_cell_is_what_plain_python_makes_of_the_files(kpi, figures, published):
    assert_rows_are(figures[kpi], kpi, VARIANTS[kpi], DIMENSIONS, published)


def test_the_files_hold_what_makes_the_comparison_worth_it(visits):
    """Else it might agree because there is nothing to disagree about."""
    sessions, contacts = visits.sessions, visits.company.contacts
    counted = {session["touch_id"] for session in sessions}
    left_out = [row for row in visits.company.session_rows if row["session_id"] not in counted]
    assert {row["user_agent_type"] == "bot" for row in left_out} == {True, False}
    named = {row["session_id"] for row in visits.company.session_rows if row["contact_id"]}
    assert sum(bool(s["contact"]) and s["touch_id"] not in named for s in sessions) > 500
    assert len({session["landing_page"] for session in sessions}) == 9
    met_twice = {v["contact"] for v in visits.stand_visits} & {s["contact"] for s in sessions}
    assert len(met_twice) > 100
    known = [visitor for visitor in visits.visitors if visitor["contact"]]
    assert sum(bool(contacts[v["contact"]]["lead"] and not v["lead"]) for v in known) > 100
    assert any(contact["lead"] for contact in contacts.values() if contact["channel"] == "partner")
    assert "partner" not in {contact["channel"] for contact in visits.visited_contacts}
