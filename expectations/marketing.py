"""Rules for campaigns, their spend, web traffic, trade shows and surveys."""

from __future__ import annotations

from expectations.rules import (
    LARGEST_INTEGER,
    Calendar,
    Condition,
    Order,
    Reference,
    Suite,
    as_choice,
    as_number,
    currency_of,
    day,
    filled,
    last_day,
    moment,
    number,
)


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of campaigns, spend, web sessions, stand visits and survey answers."""
    return [
        Suite(
            table="campaigns",
            key=("campaign_id",),
            references=(
                Reference(("source",), "reference.channels", ("source",), "warn"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
            ),
            orders=(Order("end_date", "start_date"),),
            # It is shown, and moves no KPI.
            conditions=(currency_of("budget_amount"),),
            rules=(
                day("start_date", calendar),
                last_day("end_date", calendar),
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
                number("duration_seconds", minimum=0, maximum=LARGEST_INTEGER, severity="blank"),
                number("page_views", minimum=0, whole=True, severity="blank"),
            ),
        ),
        Suite(
            table="trade_show_visits",
            key=("visit_id",),
            references=(
                Reference(("campaign_id",), "campaigns", ("campaign_id",), "warn"),
                Reference(("contact_id",), "contacts", ("contact_id",), "warn"),
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
            ),
            conditions=(
                # A person scanned without either is a visitor of that one visit.
                Condition(
                    "is_filled_where_contact_id_is_empty",
                    "badge_id",
                    "rows.badge_id is not null or rows.contact_id is not null",
                    "warn",
                ),
            ),
            rules=(
                filled("visited_at"),
                moment("visited_at", calendar),
            ),
        ),
        Suite(
            table="campaign_spend",
            # It has no key of its own: two rows of a day and campaign are two payments, unless they
            # are copies. Two equal payments must differ in something, or be one row.
            key=("spent_on",),
            is_unique=False,
            references=(
                Reference(("campaign_id",), "campaigns", ("campaign_id",), "warn"),
                Reference(("source",), "reference.channels", ("source",), "warn"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
            ),
            rules=(
                day("spent_on", calendar),
                filled("spend_amount"),
                number("spend_amount"),
                filled("currency"),
            ),
        ),
        Suite(
            table="feedback_submissions",
            key=("feedback_id",),
            references=(Reference(("contact_id",), "contacts", ("contact_id",), "warn"),),
            conditions=(
                Condition(
                    "is_from_0_to_10_where_survey_type_is_nps",
                    "score",
                    f"{as_choice('survey_type')} != 'nps' or {as_number('score')} between 0 and 10",
                ),
            ),
            rules=(
                filled("survey_type"),
                filled("score"),
                number("score", whole=True),
                filled("submitted_at"),
                moment("submitted_at", calendar),
            ),
        ),
    ]
