"""Rules for the expense ledger and payroll."""

from __future__ import annotations

from expectations.rules import (
    Calendar,
    Condition,
    Reference,
    Suite,
    as_choice,
    day,
    filled,
    number,
)


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of the expense ledger and payroll.

    An account or a department that the reference seeds do not map stops the build: its cost would
    be in no figure, or in the wrong one.
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
                # They only name cuts.
                Reference(("campaign_id",), "campaigns", ("campaign_id",), "warn"),
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
            ),
            conditions=(
                # Its account takes the function of the department: without one, the cost would have
                # none.
                Condition(
                    "is_filled_where_the_account_has_no_function",
                    "department",
                    "rows.department is not null or not exists ("
                    "select 1 from reference.cost_accounts as accounts "
                    f"where read_choice(accounts.account_code) = {as_choice('account_code')} "
                    "and accounts.cost_function is null)",
                    "critical",
                ),
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
