"""How long the demo company's conversions take, computed a second time from the raw files.

Contacts and deals are those of `crm.py`, visitors those of `visitors.py`, and the months of spend
that paid for a deal those of `unit_economics.py`. Nothing here reads the project's SQL.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

STEPS = [*pairwise(["lead", "mql", "sql", "opportunity", "customer"]), ("lead", "customer")]


def maturities(company):
    """Conversion -> how many were seen, the days of nine in ten, and the last mature day."""
    return {
        conversion: maturity(taken, company.report)
        for conversion, taken in days_taken(company).items()
    }


def maturity(taken, report):
    """`taken` are the days of each conversion, and how much of one it is."""
    whole, so_far = sum(part for _, part in taken), Decimal(0)
    for days, part in sorted(taken):
        so_far += part
        if 10 * so_far >= 9 * whole:
            return round(whole), days, report - timedelta(days=days)
    return 0, None, None


def days_taken(company):
    """Conversion -> [(days from the member's day to its conversion, how much of one it is)]."""
    contacts = list(company.crm.contacts.values())
    won = [deal for deal in company.crm.deals.values() if deal["is_won"]]
    visitors = company.visits.visitors
    taken = {
        f"visitor_to_{stage}": in_order(visitors, "first_visit", stage)
        for stage in ("lead", "mql", "customer")
    }
    for start, end in STEPS:
        taken[f"{start}_to_{end}"] = in_order(contacts, start, end)
        taken[f"strict_{start}_to_{end}"] = in_order(contacts, f"own_{start}", f"own_{end}")
    taken["sql_to_quote"] = in_any_order(contacts, "sql", "quoted")
    taken["lead_to_answer"] = in_any_order(contacts, "lead", "answered")
    taken["lead_to_won"] = in_any_order(contacts, "lead", "won")
    taken["lead_to_lost"] = in_any_order(contacts, "lead", "lost_to_competitor")
    taken["created_to_won"] = in_any_order(won, "created", "closed")
    taken["quoted_to_won"] = in_any_order(won, "quoted", "closed")
    taken["stage_to_later"] = in_order(company.deal_stages, "entered", "went_on")
    taken["strict_stage_to_later"] = in_order(company.deal_stages, "own_entered", "own_went_on")
    for touch in ("first_touch", "last_touch", "linear", "time_decay", "position_based"):
        taken[f"{touch}_of_spend_to_won"] = [
            (max((closed - month).days, 0), part)
            for month, _, _, closed, part in company.credits[f"{touch}_of_spend"]
            if part
        ]
    return taken


def in_any_order(things, start, end):
    """The days of all; a conversion before the member's day took none."""
    spans = [(thing[start], thing[end]) for thing in things if thing[start] and thing[end]]
    return [(max((last - first).days, 0), 1) for first, last in spans]


def in_order(things, start, end):
    """The days of those after the member's day, or on it; others are none of its cohort."""
    spans = [(thing[start], thing[end]) for thing in things if thing[start] and thing[end]]
    return [((last - first).days, 1) for first, last in spans if last >= first]
