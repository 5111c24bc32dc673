"""Rules for the expense ledger and payroll."""

from __future__ import annotations

from expectations.rules import Calendar, Reference, Suite, day, filled, number


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of the expense ledger and payroll.

    What would put a cost into no figure, or into the wrong one, stops the build: an account or a
    department that the reference seeds do not map.
    """
    return [
        Suite(
            table="expense_ledger",
            key=("entry_id",),
            references=(
                Reference(
                    ("account_code",), "reference.cost_accounts", ("account_code",), "critical"
                ),
                Reference(("department",), "reference.departments", ("department",), "critical"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
                # They name cuts, no more.
                Reference(("campaign_id",), "campaigns", ("campaign_id",), "warn"),
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
            ),
            rules=(
                filled("booked_on"),
                day("booked_on", calendar),
                filled("account_code", "critical"),
                filled("entry_amount"),
                number("entry_amount"),
                filled("currency"),
            ),
        ),
        Suite(
            table="payroll",
            key=("payroll_month", "employee_id", "department"),
            references=(
                Reference(("department",), "reference.departments", ("department",), "critical"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
            ),
            rules=(
                day("payroll_month", calendar),
                filled("gross_salary_amount"),
                number("gross_salary_amount", minimum=0),
                number("employer_charges_amount", minimum=0),
                filled("currency"),
            ),
        ),
    ]
