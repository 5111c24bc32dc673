"""Rules for the people and companies of the CRM."""

from __future__ import annotations

from expectations.rules import (
    Calendar,
    Reference,
    Suite,
    boolean,
    filled,
    moment,
    number,
)


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of owners, companies, contacts and their associations."""
    return [
        Suite(
            table="owners",
            key=("owner_id",),
            required=True,
            rules=(
                # An owner without a name is shown by the id.
                filled("owner_name", "warn"),
                moment("created_at", calendar, "blank"),
                boolean("is_archived", "blank"),
            ),
        ),
        Suite(
            table="companies",
            key=("company_id",),
            required=True,
            references=(
                # A company whose owner or parent is missing is still a company.
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
                Reference(("parent_company_id",), "companies", ("company_id",), "warn"),
                Reference(("merged_into_company_id",), "companies", ("company_id",), "warn"),
            ),
            rules=(
                moment("created_at", calendar),
                number("employee_count", minimum=0, whole=True, severity="blank"),
                boolean("is_archived", "blank"),
            ),
        ),
        Suite(
            table="contacts",
            key=("contact_id",),
            required=True,
            references=(
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
                Reference(("campaign_id",), "campaigns", ("campaign_id",), "warn"),
                Reference(("source",), "reference.channels", ("source",), "warn"),
                # The stages that its history knows stay.
                Reference(
                    ("lifecycle_stage",),
                    "reference.lifecycle_stages",
                    ("lifecycle_stage",),
                    "blank",
                ),
                Reference(("merged_into_contact_id",), "contacts", ("contact_id",), "warn"),
            ),
            rules=(
                moment("created_at", calendar),
                number("lead_score", severity="blank"),
                boolean("is_archived", "blank"),
            ),
        ),
        Suite(
            table="contact_companies",
            key=("contact_id", "company_id"),
            references=(
                Reference(("contact_id",), "contacts", ("contact_id",)),
                Reference(("company_id",), "companies", ("company_id",)),
            ),
            rules=(boolean("is_primary", "blank"),),
        ),
        Suite(
            table="lifecycle_history",
            key=("contact_id", "lifecycle_stage", "entered_at"),
            is_unique=False,
            references=(
                Reference(("contact_id",), "contacts", ("contact_id",)),
                Reference(("lifecycle_stage",), "reference.lifecycle_stages", ("lifecycle_stage",)),
            ),
            rules=(moment("entered_at", calendar),),
        ),
    ]
