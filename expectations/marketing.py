"""Rules for campaigns and web traffic."""

from __future__ import annotations

from expectations.rules import (
    LARGEST_INTEGER,
    Calendar,
    Order,
    Reference,
    Suite,
    day,
    filled,
    moment,
    number,
)


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of campaigns and web sessions."""
    return [
        Suite(
            table="campaigns",
            key=("campaign_id",),
            references=(
                Reference(("source",), "reference.channels", ("source",), "warn"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
            ),
            orders=(Order("end_date", "start_date"),),
            rules=(
                day("start_date", calendar),
                day("end_date", calendar),
                number("budget_amount", minimum=0),
            ),
        ),
        Suite(
            table="web_sessions",
            key=("session_id",),
            references=(
                Reference(("contact_id",), "contacts", ("contact_id",), "warn"),
                Reference(("campaign_id",), "campaigns", ("campaign_id",), "warn"),
                Reference(("source",), "reference.channels", ("source",), "warn"),
            ),
            rules=(
                filled("visitor_id"),
                filled("started_at"),
                moment("started_at", calendar),
                number("duration_seconds", minimum=0, maximum=LARGEST_INTEGER),
                number("page_views", minimum=0, whole=True),
            ),
        ),
    ]
