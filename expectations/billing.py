"""Rules for plans, subscriptions, invoices and exchange rates."""

from __future__ import annotations

from expectations.rules import (
    Calendar,
    Condition,
    Order,
    Periods,
    Reference,
    Suite,
    as_choice,
    as_number,
    boolean,
    day,
    filled,
    last_day,
    number,
    one_of,
)

LINE_TYPES = ["recurring", "one_off", "setup", "metered"]
SUBSCRIPTION_STATUSES = ["trialing", "active", "past_due", "paused", "canceled"]
INTERVALS = ["day", "week", "month", "quarter", "year"]
INVOICE_TYPES = ["invoice", "credit_note"]
INVOICE_STATUSES = ["draft", "open", "paid", "void", "uncollectible"]

# Nobody bills every ten thousand days; twelve times the count still is an integer.
LARGEST_INTERVAL_COUNT = 10_000
# A rate and its inverse are held with twenty decimals: twelve significant digits of a billionth.
LARGEST_RATE = 10**9
SMALLEST_RATE = "0.000000001"
# Largest cost of a line in one billing period: quantity and price may be large, but not both. As a
# daily price, thirty times a month, in any currency, it is still far within decimal(28, 8).
LARGEST_PRODUCT = 10**12


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of plans, subscriptions, invoices, their lines and exchange rates."""
    return [
        Suite(
            table="plans",
            key=("plan_id",),
            references=(Reference(("currency",), "reference.currency_rates", ("currency",)),),
            rules=(
                # A plan without a name is shown by its id.
                filled("plan_name", "warn"),
                one_of("billing_interval", INTERVALS, "blank"),
                number(
                    "interval_count",
                    minimum=1,
                    maximum=LARGEST_INTERVAL_COUNT,
                    whole=True,
                    severity="blank",
                ),
                number("list_price", minimum=0),
                boolean("is_active", "blank"),
            ),
        ),
        Suite(
            table="subscriptions",
            key=("line_id", "valid_from"),
            references=(
                Reference(("currency",), "reference.currency_rates", ("currency",)),
                # MRR must not vanish because the CRM lost the account or the deal.
                Reference(("company_id",), "companies", ("company_id",), "warn"),
                Reference(("deal_id",), "deals", ("deal_id",), "warn"),
                # The plan names the cut, no more.
                Reference(("plan_id",), "plans", ("plan_id",), "warn"),
            ),
            orders=(Order("valid_to", "valid_from"),),
            conditions=(
                # Without an interval its price is no price of a month: MRR would be null.
                Condition(
                    "is_filled_where_line_type_is_recurring",
                    "billing_interval",
                    f"coalesce({as_choice('line_type')}, 'recurring') != 'recurring' "
                    "or rows.billing_interval is not null",
                ),
                # The end of its paid time is then unknown, and it is counted on no day. After a
                # period of another status the end is known: it ended with that period.
                Condition(
                    "end_is_known_where_subscription_status_is_canceled",
                    "paid_until",
                    f"{as_choice('subscription_status')} != 'canceled' "
                    f"or coalesce({as_choice('line_type')}, 'recurring') != 'recurring' "
                    "or coalesce(cast(rows.paid_until as varchar), cast(rows.valid_to as varchar), "
                    "cast(rows.cancel_requested_on as varchar)) is not null "
                    "or exists (select 1 from inputs.input_subscriptions as earlier "
                    "where earlier.source_system = rows.source_system "
                    "and earlier.line_id = rows.line_id "
                    "and read_choice(cast(earlier.subscription_status as varchar)) != 'canceled' "
                    "and cast(earlier.valid_from as varchar) < cast(rows.valid_from as varchar))",
                    "warn",
                ),
                # The days of grace are then counted from the start of the last billing interval.
                Condition(
                    "is_filled_where_subscription_status_is_past_due",
                    "past_due_since",
                    f"{as_choice('subscription_status')} != 'past_due' "
                    "or rows.past_due_since is not null",
                    "warn",
                ),
                _product("unit_price"),
                _product("list_unit_price"),
            ),
            periods=(Periods(("line_id",), "valid_from", "valid_to", calendar),),
            rules=(
                filled("company_id"),
                one_of("line_type", LINE_TYPES),
                filled("subscription_status"),
                one_of("subscription_status", SUBSCRIPTION_STATUSES),
                filled("quantity"),
                number("quantity", minimum=0),
                filled("unit_price"),
                number("unit_price"),
                number("list_unit_price"),
                number("discount_share", minimum=0, maximum=1),
                last_day("discount_ends_on", calendar),
                filled("currency"),
                one_of("billing_interval", INTERVALS),
                number("interval_count", minimum=1, maximum=LARGEST_INTERVAL_COUNT, whole=True),
                day("valid_from", calendar),
                last_day("valid_to", calendar),
                day("trial_ends_on", calendar),
                day("cancel_requested_on", calendar),
                last_day("paid_until", calendar),
                day("past_due_since", calendar),
            ),
        ),
        Suite(
            table="invoices",
            key=("invoice_id",),
            references=(
                Reference(("currency",), "reference.currency_rates", ("currency",)),
                # Nor must revenue.
                Reference(("company_id",), "companies", ("company_id",), "warn"),
            ),
            # It spoils the terms of payment, not the revenue.
            orders=(Order("due_on", "issued_on", "warn"),),
            rules=(
                filled("company_id"),
                filled("invoice_type"),
                one_of("invoice_type", INVOICE_TYPES),
                filled("invoice_status"),
                one_of("invoice_status", INVOICE_STATUSES),
                filled("currency"),
                filled("amount_excl_tax"),
                number("amount_excl_tax"),
                number("tax_amount"),
                filled("issued_on"),
                day("issued_on", calendar),
                day("due_on", calendar),
                day("paid_on", calendar),
            ),
        ),
        Suite(
            table="invoice_lines",
            key=("invoice_line_id",),
            references=(
                Reference(("invoice_id",), "invoices", ("invoice_id",)),
                # The plan names the cut, no more.
                Reference(("plan_id",), "plans", ("plan_id",), "warn"),
            ),
            # Revenue counts on the day of the invoice, whatever period the line bills.
            orders=(Order("period_end", "period_start", "warn"),),
            rules=(
                filled("invoice_id"),
                one_of("line_type", LINE_TYPES),
                number("quantity", minimum=0, severity="blank"),
                filled("amount_excl_tax"),
                number("amount_excl_tax"),
                day("period_start", calendar),
                last_day("period_end", calendar),
            ),
        ),
        Suite(
            table="exchange_rates",
            key=("rate_date", "from_currency", "to_currency"),
            references=(
                Reference(("from_currency",), "reference.currency_rates", ("currency",)),
                Reference(("to_currency",), "reference.currency_rates", ("currency",)),
            ),
            conditions=(
                # Rates are also divided by: the inverse of a smaller one is larger than the
                # largest.
                Condition(
                    f"is_at_least_{SMALLEST_RATE}",
                    "rate",
                    f"{as_number('rate')} >= cast('{SMALLEST_RATE}' as decimal(38, 20))",
                ),
            ),
            rules=(
                day("rate_date", calendar),
                filled("rate"),
                number("rate", minimum=0, maximum=LARGEST_RATE),
            ),
        ),
    ]


def _product(price: str) -> Condition:
    """Return the condition that a price times the quantity is no typing error."""
    return Condition(
        f"times_quantity_is_at_most_{LARGEST_PRODUCT:,}",
        price,
        # Two such decimals have a product too wide for any.
        f"abs(cast({as_number(price)} as double) * cast({as_number('quantity')} as double)) "
        f"<= {LARGEST_PRODUCT}",
    )
