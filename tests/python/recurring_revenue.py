"""Recurring revenue and retention, computed a second time: plain Python, day by day.

For each day and each subscription line: does it pay, and how much? Month ends are picked from the
days, movements and KPIs follow from the month ends. Nothing here reads the project's SQL or is
shared with it. Amounts are exact fractions until the definitions say that they are rounded.
"""

from collections import defaultdict
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, partial

GRAINS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
MOVEMENTS = ["new", "expansion", "contraction", "churn", "reactivation", "fx"]
# Variable past_due_grace_days, as the project has it.
GRACE = timedelta(days=30)
# Of fewer lost customers no lifetime is told.
FEWEST_LOST = 5
# Months in one interval; a week and a day by the year's 52 weeks and 365 days.
MONTHS = {
    "month": Fraction(1),
    "quarter": Fraction(3),
    "year": Fraction(12),
    "week": Fraction(12, 52),
    "day": Fraction(12, 365),
}
# seeds/reference/currency_rates.csv: euros per unit.
FIXED_RATES = {
    "EUR": Fraction(1),
    "USD": Fraction(92, 100),
    "GBP": Fraction(116, 100),
    "CHF": Fraction(104, 100),
}
NOTHING = Fraction(0)
# Some of seeds/reference/payment_failure_reasons.csv.
PAYMENT_FAILED = {"not_paid", "payment_failed"}


class Brief:
    """A repr without the fields that have their default, so that a failing world can be read."""

    def __repr__(self):
        shown = []
        for item in fields(self):
            value = getattr(self, item.name)
            makes = item.default_factory
            default = item.default if makes is MISSING else makes()
            has_default = item.default is not MISSING or item.default_factory is not MISSING
            if not has_default or value != default:
                shown.append(f"{item.name}={in_short(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def _repr_pretty_(self, printer, cycle):
        """The text that hypothesis prints of a failing example."""
        printer.text(repr(self))


def in_short(value):
    if isinstance(value, list):
        return "[" + "".join(f"\n{in_short(one)}," for one in value).replace("\n", "\n    ") + "\n]"
    if isinstance(value, date):
        return f"day({value.isoformat()!r})"
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    return repr(value)


def day(text):
    return date.fromisoformat(text)


@dataclass(repr=False)
class Company(Brief):
    company_id: str
    surviving_company_id: str | None = None
    country: str | None = None
    is_counted: bool = True


@dataclass(repr=False)
class Plan(Brief):
    plan_id: str
    plan_name: str
    product_family: str | None = "platform"


@dataclass(repr=False)
class Terms(Brief):
    """A validity period of a subscription line: one row of stg_subscriptions."""

    valid_from: date
    valid_to: date | None = None
    plan_id: str | None = "basic"
    line_type: str = "recurring"
    subscription_status: str = "active"
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(100)
    list_unit_price: Decimal | None = None
    discount_share: Decimal = Decimal(0)
    discount_ends_on: date | None = None
    currency: str = "EUR"
    billing_interval: str = "month"
    interval_count: int = 1
    trial_ends_on: date | None = None
    cancel_requested_on: date | None = None
    paid_until: date | None = None
    past_due_since: date | None = None
    cancellation_reason: str | None = None


@dataclass(repr=False)
class Line(Brief):
    line_id: str
    company_id: str
    terms: list[Terms]
    subscription_id: str | None = None
    deal_id: str | None = None

    def __post_init__(self):
        self.subscription_id = self.subscription_id or f"s-{self.line_id}"


@dataclass(repr=False)
class Deal(Brief):
    deal_id: str
    closed_on: date
    is_won: bool = True
    surviving_deal_id: str | None = None


@dataclass(repr=False)
class InvoiceLine(Brief):
    amount: Decimal
    plan_id: str | None = None
    service_start: date | None = None
    service_end: date | None = None


@dataclass(repr=False)
class Invoice(Brief):
    invoice_id: str
    company_id: str
    issued_on: date
    amount: Decimal
    lines: list[InvoiceLine] = field(default_factory=list)
    invoice_type: str = "invoice"
    invoice_status: str = "paid"
    currency: str = "EUR"
    tax: Decimal | None = None
    due_on: date | None = None
    paid_on: date | None = None


@dataclass(repr=False)
class ExchangeRate(Brief):
    rate_date: date
    from_currency: str
    to_currency: str
    rate: Decimal


PLANS = [
    Plan("basic", "Basic"),
    Plan("premium", "Premium"),
    Plan("extra", "Extra seats", "add_on"),
]


@dataclass(repr=False)
class World(Brief):
    reporting_date: date
    first_date: date
    companies: list[Company] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=lambda: PLANS)
    lines: list[Line] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    rates: list[ExchangeRate] = field(default_factory=list)


def rounded(value, digits):
    """Half away from zero, as decimals are rounded in SQL."""
    scaled = abs(Fraction(value)) * 10**digits
    whole = Fraction((scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2))
    return whole / 10**digits if value >= 0 else -whole / 10**digits


# -- one line on one day ---------------------------------------------------------------------------


def same_status(line, terms):
    """The periods of a line around one of them, as long as the status does not change."""
    rows = sorted(line, key=lambda row: row.valid_from)
    here = rows.index(terms)
    first = last = here
    while first and rows[first - 1].subscription_status == terms.subscription_status:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].subscription_status == terms.subscription_status:
        last += 1
    return rows[first : last + 1], first == 0


def months_later(on, count):
    """The same day some months later, or the last one of a shorter month."""
    first = first_day(month_of(on) + count)
    return min(first + timedelta(days=on.day - 1), last_day(month_of(first)))


def billing_days(terms, start):
    """The days on which the intervals of a period begin, from `start` on."""
    unit, count = terms.billing_interval, terms.interval_count
    number = 0
    while True:
        if unit in ("day", "week"):
            yield start + number * count * timedelta(days=1 if unit == "day" else 7)
        else:
            yield months_later(start, number * count * int(MONTHS[unit]))
        number += 1


def overdue_from(line, terms, report):
    """The day from which the grace of a period that is past due is counted."""
    if terms.past_due_since:
        return terms.past_due_since
    run, is_stamped = same_status(line, terms)
    start = min(
        max(row.valid_from, row.trial_ends_on + timedelta(days=1))
        if row.trial_ends_on
        else row.valid_from
        for row in run
    )
    if not is_stamped:
        return start
    # With a status stamped on the life of the line, the last bill before the reading is unpaid.
    begun = [row for row in run if row.valid_from <= report]
    last = begun[-1] if begun else run[-1]
    known = min(last.valid_to or report, report)
    overdue = start
    for on in billing_days(last, start):
        if on > known:
            return overdue
        overdue = on


def was_ever_paid(line, report):
    """Whether any day of a line was paid for up to the report: at a price, and not past due.

    Service, a price and arrears begin on one of a few days, so no other day has to be looked at.
    """
    for row in line:
        lasts = [row.trial_ends_on, row.discount_ends_on]
        starts = [row.valid_from, *(last + timedelta(days=1) for last in lasts if last)]
        for on in starts:
            is_late = row.subscription_status == "past_due" and on >= overdue_from(
                line, row, report
            )
            is_priced = prices(row, is_discounted(row, on))[0] > 0
            if on <= report and not is_late and is_priced and is_served(row, on, line, report):
                return True
    return False


def pays(terms, on, line=None, report=date.max):
    """Whether a validity period is paid service on a day; `line` are all periods of its line.

    A line whose first bill is past due, and was never paid, is paid service on no day.
    """
    line = line or [terms]
    if terms.subscription_status == "past_due" and not was_ever_paid(line, report):
        return False
    return is_served(terms, on, line, report)


def is_served(terms, on, line, report):
    """Whether a period is service on a day that is paid for, or within the days of grace."""
    if on < terms.valid_from or (terms.valid_to and on > terms.valid_to):
        return False
    if terms.line_type != "recurring":
        return False
    if terms.trial_ends_on and on <= terms.trial_ends_on:
        return False
    status = terms.subscription_status
    if status == "canceled":
        if terms.paid_until:
            return on <= terms.paid_until
        _, is_stamped = same_status(line, terms)
        end = terms.valid_to or terms.cancel_requested_on
        return is_stamped and end is not None and on <= end
    if status == "past_due" and on > overdue_from(line, terms, report) + GRACE:
        return False
    if status in ("active", "past_due"):
        is_cancelled = terms.cancel_requested_on is not None and terms.paid_until is not None
        return not (is_cancelled and on > terms.paid_until)
    return False


def monthly(terms, price, share_paid=Decimal(1)):
    """The price per month, to eight decimals."""
    amount = Fraction(terms.quantity) * Fraction(price) * Fraction(share_paid)
    return rounded(amount / (MONTHS[terms.billing_interval] * terms.interval_count), 8)


def prices(terms, is_discounted):
    """MRR and list-price MRR of a validity period, in its currency."""
    share = 1 - terms.discount_share if is_discounted else Decimal(1)
    list_price = terms.unit_price if terms.list_unit_price is None else terms.list_unit_price
    return monthly(terms, terms.unit_price, share), monthly(terms, list_price)


@dataclass
class Trial:
    """The free trial of a line; `ended` is None while it runs, `began` if that is not known."""

    customer: str
    plan: str
    began: date | None
    ended: date | None
    is_converted: bool


@dataclass
class Charge:
    """The charge of one line on one day: in its currency, and in euros."""

    line_id: str
    plan: str
    currency: str
    mrr: Fraction
    amount: Fraction
    list_amount: Fraction
    seats: Fraction


@dataclass
class Sale:
    """One line of a counted invoice, in euros; what a credit note takes back is negative."""

    customer: str
    invoice_id: str
    on: date
    plan: str
    amount: Fraction
    is_purchase: bool
    first_day: date
    last_day: date

    def served(self, until):
        """What is served up to a day: each day of service is worth the same, to the cent."""
        days = (self.last_day - self.first_day).days + 1
        gone = min(max((until - self.first_day).days + 1, 0), days)
        return rounded(self.amount * gone / days, 2)


@dataclass
class Debt:
    """An invoice or a credit note, as money that is owed until it is settled."""

    customer: str
    plan: str | None
    net: Fraction
    gross: Fraction | None
    issued_on: date
    due_on: date | None
    paid_on: date | None
    settled_on: date | None

    def is_open(self, on):
        return self.issued_on <= on and (self.settled_on is None or self.settled_on > on)

    def is_late(self, on):
        return self.is_open(on) and self.net > 0 and self.due_on is not None and self.due_on < on


# -- months and periods ----------------------------------------------------------------------------


def month_of(on):
    """A month as a running number."""
    return on.year * 12 + on.month - 1


def first_day(month):
    return date(month // 12, month % 12 + 1, 1)


def last_day(month):
    return first_day(month + 1) - timedelta(days=1)


@dataclass(frozen=True)
class Period:
    grain: str
    first_month: int

    @property
    def start(self):
        return first_day(self.first_month)

    @property
    def last_month(self):
        return self.first_month + GRAINS[self.grain] - 1

    @property
    def end(self):
        return last_day(self.last_month)


class Books:
    """A world's recurring revenue: days, month ends, movements, invoices."""

    def __init__(self, world):
        self.world = world
        self.plans = {plan.plan_id: plan for plan in world.plans}
        self.companies = {company.company_id: company for company in world.companies}
        self.months = range(month_of(world.first_date), month_of(world.reporting_date) + 1)
        self.rate = cache(self.rate)

    def customer(self, company_id):
        """The company after merges; one that the CRM does not know is a customer all the same."""
        company = self.companies.get(company_id)
        return (company and company.surviving_company_id) or company_id

    def country(self, customer):
        return self.companies[customer].country if customer in self.companies else None

    def plan_name(self, plan_id):
        return self.plans[plan_id].plan_name if plan_id in self.plans else plan_id or "(none)"

    @cached_property
    def customers(self):
        """All companies with a subscription or an invoice that counts."""
        things = [*self.world.lines, *self.bills]
        return sorted({self.customer(thing.company_id) for thing in things})

    @cached_property
    def days(self):
        count = (self.world.reporting_date - self.world.first_date).days + 1
        return [self.world.first_date + timedelta(days=n) for n in range(count)]

    # -- days ----------------------------------------------------------------------------------

    @cached_property
    def market_rates(self):
        """Currency -> [(day, euros per unit)], oldest first."""
        rates = defaultdict(list)
        for row in self.world.rates:
            if row.to_currency == "EUR":
                rates[row.from_currency].append((row.rate_date, Fraction(row.rate)))
            elif row.from_currency == "EUR":
                rates[row.to_currency].append((row.rate_date, 1 / Fraction(row.rate)))
        return {currency: sorted(days) for currency, days in rates.items()}

    def rate(self, currency, on):
        """Euros per unit: the last rate up to a day, else the first one, else the fixed one."""
        if currency not in self.market_rates:
            return FIXED_RATES[currency]
        days = self.market_rates[currency]
        known = [rate for rate_date, rate in days if rate_date <= on]
        return known[-1] if known else days[0][1]

    @cached_property
    def charges_by_day(self):
        """(customer, day) -> what its lines charge, in euros at the rate of the month's balance."""
        charges = defaultdict(list)
        for line in self.world.lines:
            customer = self.customer(line.company_id)
            for terms in line.terms:
                charge = cache(partial(self.charge, line.line_id, terms))
                for on in self.days:
                    if pays(terms, on, line.terms, self.world.reporting_date):
                        rate = self.rate(terms.currency, self.balance_day(month_of(on)))
                        charges[customer, on].append(charge(is_discounted(terms, on), rate))
        return charges

    @cached_property
    def paying_days(self):
        """The same of the days on which a customer's lines together are above 0."""
        return {key: rows for key, rows in self.charges_by_day.items() if total(rows) > 0}

    def charge(self, line_id, terms, is_discounted, rate):
        mrr, list_mrr = prices(terms, is_discounted)
        plan = self.plans.get(terms.plan_id)
        is_seat = mrr > 0 and (plan is None or plan.product_family != "add_on")
        return Charge(
            line_id=line_id,
            plan=self.plan_name(terms.plan_id),
            currency=terms.currency,
            mrr=mrr,
            amount=rounded(mrr * rate, 8),
            list_amount=rounded(list_mrr * rate, 8),
            seats=Fraction(terms.quantity) if is_seat else NOTHING,
        )

    def paid_days(self, customer):
        """The days on which any line of a customer charges more than nothing."""
        return sorted(
            on
            for (who, on), charges in self.charges_by_day.items()
            if who == customer and any(charge.mrr > 0 for charge in charges)
        )

    def runs_on(self, customer):
        """Whether a customer pays on the reporting date and on the day after."""
        today = self.world.reporting_date
        return all(
            any(
                pays(terms, on, line.terms, today)
                and prices(terms, is_discounted(terms, on))[0] > 0
                for line in self.world.lines
                if self.customer(line.company_id) == customer
                for terms in line.terms
            )
            for on in (today, today + timedelta(days=1))
        )

    # -- month ends ----------------------------------------------------------------------------

    def balance_day(self, month):
        return min(last_day(month), self.world.reporting_date)

    def charges(self, customer, month):
        """The charges of a customer at a month's end; nothing outside of the report."""
        if month not in self.months:
            return []
        return self.paying_days.get((customer, self.balance_day(month)), [])

    @cached_property
    def balances(self):
        """Customer -> month -> MRR at its end, where there is one."""
        return {
            customer: {
                month: total(self.charges(customer, month))
                for month in self.months
                if self.charges(customer, month)
            }
            for customer in self.customers
        }

    def balance(self, customer, month):
        return self.balances[customer].get(month, NOTHING)

    def constant_balance(self, customer, month):
        """MRR at a month's end, at the fixed rates of its currencies."""
        return sum(
            (rounded(c.mrr * FIXED_RATES[c.currency], 8) for c in self.charges(customer, month)),
            NOTHING,
        )

    def cohort(self, customer):
        """The month of the first month-end balance ever."""
        return min(self.balances[customer], default=None)

    def last_active(self, customer, month):
        """The last month up to `month` with a balance."""
        return max((m for m in self.balances[customer] if m <= month), default=None)

    def main_plan(self, customer, month):
        """The largest plan at the month's end; after churn the last one known."""
        return largest_plan(self.charges(customer, self.last_active(customer, month)))

    def is_gone(self, customer, month):
        """Whether a customer had a balance before and has none at this month's end."""
        return not self.charges(customer, month) and self.last_active(customer, month) is not None

    def churn_reason(self, customer, month):
        """Why a customer that is gone at a month's end left: the word of its largest line with one.

        A line has it from its last paid day on, as far as it is known, until the customer is back.
        """
        if not self.is_gone(customer, month):
            return None
        left = self.last_active(customer, month)
        back = min((m for m in self.balances[customer] if m > left), default=None)
        amounts = defaultdict(Fraction)
        for charge in self.charges(customer, left):
            amounts[charge.line_id] += charge.amount
        terms = {line.line_id: line.terms for line in self.world.lines}
        for line_id in sorted(amounts, key=lambda one: (-amounts[one], one)):
            for row in sorted(terms[line_id], key=lambda row: row.valid_from):
                is_over = row.valid_to and row.valid_to < self.balance_day(left)
                is_known = row.valid_from <= self.world.reporting_date
                is_before_return = back is None or row.valid_from < first_day(back)
                if row.cancellation_reason and not is_over and is_known and is_before_return:
                    return row.cancellation_reason
        return None

    @cached_property
    def churn_reasons(self):
        """What is said of all departures; None is one of them that says nothing."""
        return {
            self.churn_reason(customer, month)
            for customer in self.customers
            for month in self.months
            if self.is_gone(customer, month)
        }

    # -- payments that fail --------------------------------------------------------------------

    @cached_property
    def are_failures_told(self):
        """Whether any row of a subscription tells of a payment that failed."""
        return any(
            row.subscription_status == "past_due"
            or row.past_due_since
            or row.cancellation_reason in PAYMENT_FAILED
            for line in self.world.lines
            for row in line.terms
        )

    def is_involuntary(self, customer, month):
        """Whether a customer is gone at a month's end because a payment failed.

        Its largest line ended past due, before any wish to leave, or the reason given says so.
        None where nobody tells of failed payments.
        """
        if not self.are_failures_told:
            return None
        if not self.is_gone(customer, month):
            return False
        if self.churn_reason(customer, month) in PAYMENT_FAILED:
            return True
        left = self.last_active(customer, month)
        amounts = defaultdict(Fraction)
        for charge in self.charges(customer, left):
            amounts[charge.line_id] += charge.amount
        largest = min(amounts, key=lambda one: (-amounts[one], one))
        [terms] = [line.terms for line in self.world.lines if line.line_id == largest]
        last = self.end_of_service(terms, self.balance_day(left))
        owed_since = last.past_due_since
        if last.subscription_status == "past_due":
            owed_since = overdue_from(terms, last, self.world.reporting_date)
        elif last.subscription_status != "canceled":
            return False
        asked_on = last.cancel_requested_on
        return owed_since is not None and (asked_on is None or asked_on > owed_since)

    def end_of_service(self, line, on):
        """The row of a line that is the last one before a day without service, from a day on."""
        serving = None
        while rows := [row for row in line if pays(row, on, line, self.world.reporting_date)]:
            [serving] = rows
            if serving.valid_to is None and (on - serving.valid_from).days > 9_999:
                return serving
            on += timedelta(days=1)
        return serving

    # -- trials --------------------------------------------------------------------------------

    @cached_property
    def trials(self):
        tried = defaultdict(list)
        for line in self.world.lines:
            if part := self.tried(line):
                tried[line.subscription_id or line.line_id].append((line, *part))
        return [self.trial(parts) for parts in tried.values()]

    def tried(self, line):
        """The known rows of a line that was tried, its first day, its end, its first paid day."""
        today, ever = self.world.reporting_date, date.max
        rows = [row for row in line.terms if row.line_type == "recurring"]
        known = sorted((row for row in rows if row.valid_from <= today), key=valid_from)
        tried = [row for row in known if row.subscription_status == "trialing"]
        if not tried and not any(row.trial_ends_on for row in known):
            return None
        within = [row for row in known if row.trial_ends_on and row.trial_ends_on >= row.valid_from]
        began = min([row.valid_from for row in [*tried, *within]], default=None)
        agreed = [row.trial_ends_on for row in known if row.trial_ends_on]
        ends = [max(agreed or [row.valid_to or ever for row in tried])]
        served = [
            row.valid_to or ever
            for row in known
            if row.subscription_status != "canceled" or same_status(rows, row)[1]
        ]
        ends += [max(served)] if served else []
        return known, began, min(ends), self.first_paid_day(rows, began or known[0].valid_from)

    def trial(self, parts):
        """The trial of the lines of one subscription, as it is known on the day of the report."""

        def rank(part):
            line, [first, *_], *_ = part
            plan = self.plans.get(first.plan_id)
            is_add_on = bool(plan) and plan.product_family == "add_on"
            return is_add_on, first.valid_from, -first.quantity * first.unit_price, line.line_id

        line, [first, *_], *_ = min(parts, key=rank)
        ended = max(end for _, _, _, end, _ in parts)
        paid = min((day for *_, day in parts if day), default=None)
        ends = [ended, paid - timedelta(days=1)] if paid else [ended]
        return Trial(
            customer=self.customer(line.company_id),
            plan=self.plan_name(first.plan_id),
            began=min((began for _, _, began, _, _ in parts if began), default=None),
            ended=min(ends) if min(ends) < self.world.reporting_date else None,
            is_converted=paid is not None,
        )

    def first_paid_day(self, line, since):
        today = self.world.reporting_date
        for number in range((today - since).days + 1):
            on = since + timedelta(days=number)
            for row in line:
                is_priced = prices(row, is_discounted(row, on))[0] > 0
                if is_priced and pays(row, on, line, today):
                    return on
        return None

    # -- movements -----------------------------------------------------------------------------

    @cached_property
    def movements(self):
        """(customer, month, movement, plan, currency) -> amount."""
        movements = {}
        for customer in self.customers:
            for month in self.months:
                movements |= self.movements_of(customer, month)
        return movements

    def movements_of(self, customer, month):
        start, end = self.charges(customer, month - 1), self.charges(customer, month)
        if not start and not end:
            return {}
        parts = {}
        for plan, currency in {(charge.plan, charge.currency) for charge in [*start, *end]}:
            before = [c for c in start if (c.plan, c.currency) == (plan, currency)]
            after = [c for c in end if (c.plan, c.currency) == (plan, currency)]
            change = total(after) - total(before)
            moved_at = self.rate_of_change(currency, month, start, end)
            if moved_at is None:
                parts[plan, currency] = (NOTHING, change)
            else:
                # The change in the currency; the rest of the change in euros is the rate's.
                moved = rounded((local(after) - local(before)) * moved_at, 8)
                parts[plan, currency] = (change - moved, moved)
        if not start:
            movement = "new" if month == self.cohort(customer) else "reactivation"
        elif not end:
            movement = "churn"
        else:
            change = sum(moved for _, moved in parts.values())
            movement = "expansion" if change >= 0 else "contraction"
        rows = {}
        for (plan, currency), (fx, moved) in parts.items():
            rows[customer, month, "fx", plan, currency] = fx
            rows[customer, month, movement, plan, currency] = moved
        return rows

    @cached_property
    def net_changes(self):
        """The same keys -> what of the amount the customer as a whole gained or lost.

        The part that one plan lost and another one of the customer gained only moved. The rest is
        shared by
        the plans that went the way of the customer, each by its part of what they all moved.
        """
        changes = defaultdict(dict)
        for key, amount in self.movements.items():
            if key[2] != "fx":
                changes[key[:2]][key] = amount
        net = {}
        for rows in changes.values():
            whole = sum(rows.values())
            sides = [
                {k: a for k, a in rows.items() if a > 0},
                {k: a for k, a in rows.items() if a < 0},
            ]
            way = sides[0] if whole > 0 else sides[1]
            for key in rows:
                net[key] = whole * way.get(key, 0) / sum(way.values()) if whole else NOTHING
        return net

    def rate_of_change(self, currency, month, start, end):
        """At which rate a customer's change in one currency is a movement; None if nothing stayed.

        If the customer pays more of the currency than before, all of the start stayed and felt the
        rates change: the change happened at the new one. If less, all of the end stayed: the change
        happened at the old one. By customer and not by plan: a swap is no effect of a currency.
        """
        before = local([charge for charge in start if charge.currency == currency])
        after = local([charge for charge in end if charge.currency == currency])
        if before * after <= 0:
            return None
        stays_whole = abs(after) >= abs(before)
        return self.rate(currency, self.balance_day(month if stays_whole else month - 1))

    def gap(self, customer, month):
        """Month ends without a balance since the last one with, of a customer who pays again."""
        before = self.last_active(customer, month - 1)
        pays_again = self.charges(customer, month) and before is not None
        return month - 1 - before if pays_again else None

    @cached_property
    def intra_month_churn(self):
        """(customer, month) -> (first paid day, last one, plan, MRR on it)."""
        churn = {}
        for customer, on in sorted(self.paying_days):
            month = month_of(on)
            if self.charges(customer, month - 1) or self.charges(customer, month):
                continue
            charges = self.paying_days[customer, on]
            first = min(day for day in self.paid_days(customer) if month_of(day) == month)
            churn[customer, month] = (first, on, largest_plan(charges), total(charges))
        return churn

    # -- invoices ------------------------------------------------------------------------------

    @cached_property
    def bills(self):
        """The invoices and credit notes that count."""
        return [
            invoice
            for invoice in self.world.invoices
            if invoice.invoice_status not in ("void", "draft")
            and invoice.issued_on <= self.world.reporting_date
        ]

    @cached_property
    def debts(self):
        """The amount that each of these documents asks for, in euros."""
        return [self.debt(invoice) for invoice in self.bills]

    def debt(self, invoice):
        by_plan = defaultdict(Fraction)
        for plan, part, *_ in self.lines_in_euros(invoice):
            by_plan[plan] += abs(part)
        net, tax = Fraction(invoice.amount), invoice.tax
        if invoice.invoice_type == "credit_note":
            net, tax = -abs(net), None if tax is None else -abs(tax)
        rate = FIXED_RATES[invoice.currency]
        net = rounded(net * rate, 2)
        paid_on = invoice.paid_on
        if paid_on is None and invoice.invoice_status in ("paid", "uncollectible"):
            paid_on = invoice.issued_on
        # Among parts alike the first by name; a part without a plan comes last.
        biggest = sorted(by_plan, key=lambda plan: (-by_plan[plan], plan == "(none)", plan))
        return Debt(
            customer=self.customer(invoice.company_id),
            plan=biggest[0] if biggest else None,
            net=net,
            gross=None if tax is None else net + rounded(Fraction(tax) * rate, 2),
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            paid_on=invoice.paid_on,
            settled_on=paid_on,
        )

    @cached_property
    def sales(self):
        """The invoiced amounts: one Sale per line, and one for the rest that the lines leave
        open."""
        return [
            Sale(
                customer=self.customer(invoice.company_id),
                invoice_id=invoice.invoice_id,
                on=invoice.issued_on,
                plan=plan,
                amount=amount,
                is_purchase=invoice.invoice_type == "invoice" and invoice.amount > 0,
                first_day=first_day,
                last_day=last_day,
            )
            for invoice in self.bills
            for plan, amount, first_day, last_day in self.lines_in_euros(invoice)
        ]

    def lines_in_euros(self, invoice):
        """The plan, amount and days of service of each line of an invoice, which add up to it."""
        amount = Fraction(invoice.amount)
        if invoice.invoice_type == "credit_note":
            # It takes back, whichever sign it was delivered with.
            amount = -abs(amount)
        lines = [(self.plan_name(line.plan_id), Fraction(line.amount)) for line in invoice.lines]
        if sum(part for _, part in lines) * amount < 0:
            lines = [(plan, -part) for plan, part in lines]
        rest = amount - sum(part for _, part in lines)
        if rest:
            lines.append(("(none)", rest))
        rate = FIXED_RATES[invoice.currency]
        parts = [rounded(part * rate, 2) for _, part in lines]
        if lines:
            sizes = [abs(part) for _, part in lines]
            parts[sizes.index(max(sizes))] += rounded(amount * rate, 2) - sum(parts)
        on_the_day = (invoice.issued_on, invoice.issued_on)
        services = [
            (line.service_start, line.service_end)
            if line.service_start and line.service_end and line.service_start <= line.service_end
            else on_the_day
            for line in invoice.lines
        ] + [on_the_day] * bool(rest)
        return [
            (plan, part, *service)
            for (plan, _), part, service in zip(lines, parts, services, strict=True)
        ]

    def first_purchase(self, customer):
        return min(
            (s.on for s in self.sales if s.customer == customer and s.is_purchase), default=None
        )

    # -- periods -------------------------------------------------------------------------------

    @cached_property
    def periods(self):
        return [
            Period(grain, month)
            for grain, length in GRAINS.items()
            for month in sorted({m - m % length for m in self.months})
        ]

    def months_in(self, period):
        """The months of a period that are in the report."""
        return [m for m in range(period.first_month, period.last_month + 1) if m in self.months]

    def is_running(self, period):
        return period.end > self.world.reporting_date


def valid_from(row):
    return row.valid_from


def is_discounted(terms, on):
    return terms.discount_ends_on is None or on <= terms.discount_ends_on


def total(charges):
    return sum((charge.amount for charge in charges), NOTHING)


def largest_plan(charges):
    """The plan that charges most, of equal ones the first by name."""
    amounts = defaultdict(Fraction)
    for charge in charges:
        amounts[charge.plan] += charge.amount
    return min(amounts, key=lambda plan: (-amounts[plan], plan), default=None)


def local(charges):
    """A sum in the currency that all the charges share."""
    return sum((charge.mrr for charge in charges), NOTHING)


# -- KPIs ------------------------------------------------------------------------------------------

TOTAL = ("all", "all")
# Figures counted on invoices and on their lines; all others are counted on subscriptions.
OF_INVOICES = {
    *("average_order_value", "purchase_frequency", "repeat_purchase_rate"),
    *("cash_collected", "overdue_receivables", "days_sales_outstanding"),
}
OF_INVOICE_LINES = {"revenue", "deferred_revenue", "sales_growth_rate"}


class Figures:
    """The cells of the KPI views.

    `cells[kpi]` is {(variant, grain, first day, dimension, segment): (numerator, denominator,
    value, is_provisional)}, the parts exact and the value that of the parts as they are shown. Of
    the segments those are here that have anything in the period.
    """

    def __init__(self, books):
        self.books = books
        self.cells = defaultdict(dict)
        for period in books.periods:
            self.add_revenue(period)
            self.add_purchases(period)
            self.add_cash(period)
            self.add_mrr(period)
            self.add_movements(period)
            self.add_revenue_retention(period)
            self.add_customers(period)
            self.add_involuntary_churn(period)
            self.add_trials(period)
            self.add_cohort(period)
            self.add_lifetime(period)

    def add(self, kpi, variant, period, parts, cut=TOTAL, is_provisional=None, is_defined=True):
        """`parts` is one amount or count, or a numerator and a denominator."""
        upper, lower = parts if isinstance(parts, tuple) else (parts, None)
        if not self.is_known(kpi, variant):
            upper, lower = None, lower if kpi in {"arpa", "arpu"} else None
        if isinstance(parts, tuple):
            is_defined = is_defined and upper is not None and lower is not None and shown(lower)
            value = rounded(shown(upper) / shown(lower), 8) if is_defined else None
        else:
            value = None if upper is None else rounded(Fraction(upper), 8)
        if is_provisional is None:
            is_provisional = self.books.is_running(period)
        cell = (variant, period.grain, period.start, *cut)
        self.cells[kpi][cell] = (upper, lower, value, is_provisional)

    def is_known(self, kpi, variant):
        """Whether there is anything to count in the whole report: else a figure is null, not 0."""
        if kpi in OF_INVOICES:
            return bool(self.books.bills)
        if kpi in OF_INVOICE_LINES or (kpi in {"arpa", "arpu"} and variant != "mrr"):
            return bool(self.books.sales)
        if kpi == "trial_conversion_rate":
            return bool(self.books.trials)
        has_balances = any(self.books.balances.values())
        return has_balances or bool(kpi == "mrr_movements" and self.books.intra_month_churn)

    # -- invoices

    def sales_in(self, period):
        return [sale for sale in self.books.sales if period.start <= sale.on <= period.end]

    def revenue(self, period):
        return sum((sale.amount for sale in self.sales_in(period)), NOTHING)

    def earned(self, sale, period):
        """What is served of a line in the known months of a period, as far as it is over."""
        start = max(period.start, first_day(self.books.months[0]))
        end = min(period.end, self.books.world.reporting_date)
        return sale.served(end) - sale.served(start - timedelta(days=1))

    def recognised(self, period):
        return sum((self.earned(sale, period) for sale in self.books.sales), NOTHING)

    def deferred(self, period):
        end = min(period.end, self.books.world.reporting_date)
        return sum(
            (sale.amount * (sale.on <= end) - sale.served(end) for sale in self.books.sales),
            NOTHING,
        )

    def customer_type(self, sale, period):
        first = self.books.first_purchase(sale.customer)
        return "new" if first and period.start <= first <= period.end else "existing"

    def add_revenue(self, period):
        books, sales = self.books, self.sales_in(period)
        self.add("revenue", "invoiced", period, self.revenue(period))
        self.add("revenue", "recognised", period, self.recognised(period))
        self.add("deferred_revenue", "standard", period, self.deferred(period))
        cuts = {
            "customer_type": lambda sale: self.customer_type(sale, period),
            "plan": lambda sale: sale.plan,
            "country": lambda sale: books.country(sale.customer),
        }
        for cut, amount in by_segment(sales, cuts, lambda sale: sale.amount).items():
            self.add("revenue", "invoiced", period, amount, cut)
        earned = by_segment(books.sales, cuts, lambda sale: self.earned(sale, period))
        for cut, amount in earned.items():
            self.add("revenue", "recognised", period, amount, cut)
        length = GRAINS[period.grain]
        for prefix, revenue in (("", self.recognised), ("invoiced_", self.revenue)):
            for variant, months in (("previous_period", length), ("previous_year", 12)):
                before = Period(period.grain, period.first_month - months)
                old = revenue(before) if self.is_in_report(before) else NOTHING
                # From nothing, or from less than nothing, there is no growth to speak of.
                parts = (revenue(period) - old, old)
                self.add("sales_growth_rate", prefix + variant, period, parts, is_defined=old > 0)

    def is_in_report(self, period):
        """Whether any of the period is known: service can begin before the first day of all."""
        return period.last_month >= self.books.months[0]

    def add_purchases(self, period):
        books, revenue = self.books, self.revenue(period)
        buyers = {s.customer for s in self.sales_in(period) if s.is_purchase}
        months = books.months_in(period)
        end = months[-1]
        seats = sum(c.seats for customer in books.customers for c in books.charges(customer, end))
        mrr = sum((books.balance(customer, end) for customer in books.customers), NOTHING)
        charged = sum(
            (charge.amount for c in books.customers for charge in books.charges(c, end)), NOTHING
        )
        accounts = set.union(self.active(period.first_month - 1), *map(self.active, months))
        for kpi, variant, parts in [
            ("arpa", "active_accounts", (self.recognised(period), len(accounts))),
            ("arpa", "invoiced_accounts", (revenue, len(buyers))),
            ("arpa", "mrr", (mrr, len(self.active(end)))),
            ("arpu", "recognised", (self.recognised(period), seats)),
            ("arpu", "invoiced", (revenue, seats)),
            ("arpu", "mrr", (charged, seats)),
        ]:
            self.add(kpi, variant, period, parts)
        for cut, sales in self.sales_by_customer_segment(period, end).items():
            self.add_baskets(period, sales, cut)

    def sales_by_customer_segment(self, period, end):
        """(dimension, segment) -> the period's sales to customers who stand there at its end."""
        books = self.books
        sales = defaultdict(list, {TOTAL: []})
        for sale in self.sales_in(period):
            plan = books.main_plan(sale.customer, end)
            sales[TOTAL].append(sale)
            sales["plan", plan or "(none)"].append(sale)
            sales["country", books.country(sale.customer) or "(none)"].append(sale)
        return sales

    def add_baskets(self, period, sales, cut):
        revenue = sum((sale.amount for sale in sales), NOTHING)
        purchases = {s.invoice_id for s in sales if s.is_purchase}
        buyers = {s.customer for s in sales if s.is_purchase}
        returning = [b for b in buyers if self.books.first_purchase(b) < period.start]
        for kpi, parts in [
            ("average_order_value", (revenue, len(purchases))),
            ("purchase_frequency", (len(purchases), len(buyers))),
            ("repeat_purchase_rate", (len(returning), len(buyers))),
        ]:
            self.add(kpi, "standard", period, parts, cut)

    def add_cash(self, period):
        books, debts = self.books, self.books.debts
        cuts = {
            "all": lambda debt: "all",
            "plan": lambda debt: debt.plan,
            "country": lambda debt: books.country(debt.customer),
        }
        segments = by_segment(debts, cuts, lambda debt: NOTHING)
        for dimension, segment in {TOTAL: NOTHING} | segments:
            members = [d for d in debts if (cuts[dimension](d) or "(none)") == segment]
            self.add_cash_of(period, members, (dimension, segment))

    def add_cash_of(self, period, debts, cut):
        today = self.books.world.reporting_date
        end = min(period.end, today)
        # Payments before the first month of all are in no period.
        start = max(period.start, first_day(self.books.months[0]))
        paid = [d for d in debts if d.paid_on and start <= d.paid_on <= end]
        billed = [d for d in debts if period.start <= d.issued_on <= period.end]
        owed = [d for d in debts if d.is_open(end)]
        late = [d for d in debts if d.is_late(end)]
        is_paid = any(d.paid_on and d.paid_on <= today for d in self.books.debts)
        is_dated = any(d.paid_on for d in self.books.debts)
        is_due = is_dated and any(d.due_on for d in self.books.debts)
        self.add("cash_collected", "incl_tax", period, self.gross(paid, is_paid), cut)
        self.add("cash_collected", "excl_tax", period, net(paid, is_paid), cut)
        kpi = "overdue_receivables"
        self.add(kpi, "incl_tax", period, self.gross(late, is_due), cut)
        self.add(kpi, "excl_tax", period, net(late, is_due), cut)
        open_invoices = self.gross([d for d in owed if d.net > 0], is_dated)
        self.add(kpi, "share", period, (self.gross(late, is_due), open_invoices), cut)
        days = (end - period.start).days + 1
        for variant, amount, turnover in [
            ("incl_tax", self.gross(owed, is_dated), self.gross(billed)),
            ("excl_tax", net(owed, is_dated), net(billed)),
        ]:
            is_defined = turnover is not None and turnover > 0
            parts = (None if amount is None else amount * days, turnover)
            self.add("days_sales_outstanding", variant, period, parts, cut, None, is_defined)

    def gross(self, debts, is_known=True):
        """The known sum with tax; None where tax is known of none of them, or of no debt at all."""
        known = [debt.gross for debt in debts if debt.gross is not None]
        is_any_taxed = any(debt.gross is not None for debt in self.books.debts)
        if not is_known or not is_any_taxed or (debts and not known):
            return None
        return sum(known, NOTHING)

    # -- MRR

    def add_mrr(self, period):
        end = self.books.months_in(period)[-1]
        amounts = self.mrr_at(end, lambda row: row[1].amount)
        for cut, amount in amounts.items():
            self.add("mrr", "standard", period, amount, cut)
            self.add("arr", "standard", period, 12 * amount, cut)
        for cut, amount in self.mrr_at(end, lambda row: row[1].list_amount).items():
            self.add("mrr", "list_price", period, amount, cut)
        for variant, months in (("previous_period", GRAINS[period.grain]), ("previous_year", 12)):
            before = self.mrr_at(period.last_month - months, lambda row: row[1].amount)
            for cut in amounts | before:
                new, old = amounts.get(cut, NOTHING), before.get(cut, NOTHING)
                self.add("mrr_growth_rate", variant, period, (new - old, old), cut, None, old > 0)

    def mrr_at(self, month, amount):
        """The charges of a month's end: (dimension, segment) -> their sum."""
        books = self.books
        charged = [(c, charge) for c in books.customers for charge in books.charges(c, month)]
        cuts = {
            "all": lambda row: "all",
            "plan": lambda row: row[1].plan,
            "country": lambda row: books.country(row[0]),
        }
        return {TOTAL: NOTHING} | by_segment(charged, cuts, amount)

    def moved(self, period):
        """The movements of a period's months: [(customer, movement, plan, amount)]."""
        months = self.books.months_in(period)
        rows = [
            (customer, movement, plan, amount)
            for (customer, month, movement, plan, _), amount in self.books.movements.items()
            if month in months
        ]
        left = [
            (customer, "intra_month_churn", plan, amount)
            for (customer, month), (_, _, plan, amount) in self.books.intra_month_churn.items()
            if month in months
        ]
        return rows, left

    def add_movements(self, period):
        books = self.books
        rows, left = self.moved(period)
        moved = by_segment(rows, {"movement": lambda row: row[1]}, lambda row: row[3])
        amounts = {m: moved.get(("movement", m), NOTHING) for m in MOVEMENTS}
        net = sum(amounts.values())
        self.add("mrr_movements", "standard", period, net)
        self.add("net_new_mrr", "standard", period, net)
        for movement, amount in amounts.items():
            self.add("mrr_movements", "standard", period, amount, ("movement", movement))
        cuts = {
            "all": lambda row: "all",
            "plan": lambda row: row[2],
            "country": lambda row: books.country(row[0]),
        }
        for movement in [*MOVEMENTS, "intra_month_churn"]:
            of_kind = [row for row in rows + left if row[1] == movement]
            cells = {TOTAL: NOTHING} | by_segment(of_kind, cuts, lambda row: row[3])
            for cut, amount in cells.items():
                self.add("mrr_movements", movement, period, amount, cut)

        start = sum(books.balance(c, period.first_month - 1) for c in books.customers)
        self.add_rates(period, TOTAL, amounts, start)
        starts = self.mrr_at(period.first_month - 1, lambda row: row[1].amount)
        changed = defaultdict(lambda: defaultdict(Fraction))
        for (customer, month, movement, plan, _), amount in books.net_changes.items():
            if month in books.months_in(period):
                for cut in [("plan", plan), ("country", books.country(customer) or "(none)")]:
                    changed[cut][movement] += amount
        for cut in {*changed, *starts} - {TOTAL}:
            self.add_rates(period, cut, changed[cut], starts.get(cut, NOTHING))

        churned = dict.fromkeys(books.churn_reasons, NOTHING)
        for (customer, month, movement, _, _), amount in books.movements.items():
            if movement == "churn" and month in books.months_in(period):
                churned[books.churn_reason(customer, month)] += amount
        for reason, amount in churned.items():
            cut = ("churn_reason", reason or "(none)")
            self.add("mrr_movements", "churn", period, self.if_reasons(amount), cut)
            self.add("revenue_churn_rate", "gross", period, (self.if_reasons(-amount), start), cut)
        if any(amount for key, amount in books.movements.items() if key[2] == "contraction"):
            parts = (self.if_reasons(-amounts["contraction"]), start)
            cut = ("churn_reason", "(contraction)")
            self.add("revenue_churn_rate", "gross", period, parts, cut)

    def add_rates(self, period, cut, amounts, start):
        """Gains and losses of a segment by each other, and by the MRR that it began with."""
        grown, returned = amounts["expansion"], amounts["reactivation"]
        lost = -amounts["churn"] - amounts["contraction"]
        won = amounts["new"] + grown + returned
        self.add("revenue_churn_rate", "gross", period, (lost, start), cut)
        self.add("revenue_churn_rate", "net", period, (lost - grown, start), cut)
        self.add("quick_ratio", "standard", period, (won, lost), cut)
        self.add("expansion_rate", "standard", period, (grown, start), cut)
        self.add("expansion_rate", "with_reactivation", period, (grown + returned, start), cut)

    def if_reasons(self, part):
        """The part, or None where no departure has a reason."""
        return part if any(self.books.churn_reasons) else None

    def add_revenue_retention(self, period):
        books = self.books
        end = books.months_in(period)[-1]
        starts = {"trailing_12_months": end - 12, "period": period.first_month - 1}
        for variant, start in starts.items():
            for suffix, balance in (("", books.constant_balance), ("_market", books.balance)):
                pairs = [
                    (balance(customer, start), balance(customer, end))
                    for customer in books.customers
                    if books.balance(customer, start)
                ]
                then = sum(before for before, _ in pairs)
                now = sum(after for _, after in pairs)
                kept = sum(min(pair) for pair in pairs)
                self.add("net_revenue_retention", variant + suffix, period, (now, then))
                self.add("gross_revenue_retention", variant + suffix, period, (kept, then))

        self.add_yearly_expansion(period, end)

    def add_yearly_expansion(self, period, end):
        """The rise in pay of the customers of a year ago, under the plan that they had then."""
        books = self.books
        balances = [
            (customer, *(books.constant_balance(customer, month) for month in (end - 12, end)))
            for customer in books.customers
            if books.balance(customer, end - 12)
        ]
        cuts = {
            "all": lambda row: "all",
            "plan": lambda row: books.main_plan(row[0], end - 12),
            "country": lambda row: books.country(row[0]),
        }
        grown = by_segment(balances, cuts, lambda row: max(row[2] - row[1], NOTHING))
        then = {TOTAL: NOTHING} | by_segment(balances, cuts, lambda row: row[1])
        for cut, amount in then.items():
            parts = (grown.get(cut, NOTHING), amount)
            self.add("expansion_rate", "trailing_12_months", period, parts, cut)

    # -- customers

    def active(self, month):
        return {c for c in self.books.customers if self.books.balance(c, month)}

    def add_customers(self, period):
        books, months = self.books, self.books.months_in(period)
        start, end = self.active(period.first_month - 1), self.active(months[-1])
        ever = set.union(start, *map(self.active, months))
        churn = "customer_churn_rate"
        self.add("active_customers", "standard", period, len(end))
        cuts = {
            "plan": lambda customer: books.main_plan(customer, months[-1]),
            "country": books.country,
        }
        for cut, count in by_segment(end, cuts, lambda _: Fraction(1)).items():
            self.add("active_customers", "standard", period, count, cut)
        sizes = defaultdict(list, {TOTAL: []})
        for customer in end:
            for cut in [TOTAL, *((name, of(customer) or "(none)") for name, of in cuts.items())]:
                sizes[cut].append(books.balance(customer, months[-1]))
        for cut, balances in sizes.items():
            balances.sort(reverse=True)
            for count in (1, 5, 10):
                parts = (sum(balances[:count], NOTHING), sum(balances, NOTHING))
                self.add("customer_concentration", f"largest_{count}", period, parts, cut)
        self.add(churn, "active_in_period", period, (len(ever - end), len(ever)))
        self.add(churn, "active_at_start", period, (len(start - end), len(start)))
        for reason in books.churn_reasons:
            cut = ("churn_reason", reason or "(none)")
            gone = {
                customer
                for customer in ever - end
                if books.churn_reason(customer, months[-1]) == reason
            }
            parts = (self.if_reasons(len(gone)), len(ever))
            self.add(churn, "active_in_period", period, parts, cut)
            parts = (self.if_reasons(len(gone & start)), len(start))
            self.add(churn, "active_at_start", period, parts, cut)
        kept = "customer_retention_rate"
        self.add(kept, "standard", period, (len(start & end), len(start)))
        self.add(kept, "remaining", period, (len(ever & end), len(ever)))

    def add_involuntary_churn(self, period):
        books, kpi = self.books, "involuntary_churn_rate"
        months, before = books.months_in(period), period.first_month - 1
        start = self.active(before)
        cuts = {
            "all": lambda row: "all",
            "plan": lambda row: books.main_plan(row[0], before),
            "country": lambda row: books.country(row[0]),
        }
        lost = by_segment(
            [(c,) for c in start - self.active(months[-1])],
            cuts,
            lambda row: Fraction(bool(books.is_involuntary(row[0], months[-1]))),
        )
        counts = by_segment([(c,) for c in start], cuts, lambda _: Fraction(1))
        for cut, count in ({TOTAL: NOTHING} | counts).items():
            self.add(kpi, "customers", period, (self.if_told(lost.get(cut, NOTHING)), count), cut)
        cuts |= {"plan": lambda row: row[1]}
        churned = by_segment(
            [
                (customer, plan, amount)
                for (customer, month, movement, plan, _), amount in books.net_changes.items()
                if movement == "churn" and month in months and books.is_involuntary(customer, month)
            ],
            cuts,
            lambda row: -row[2],
        )
        starts = self.mrr_at(before, lambda row: row[1].amount)
        for cut in {*churned, *starts, TOTAL}:
            parts = (self.if_told(churned.get(cut, NOTHING)), starts.get(cut, NOTHING))
            self.add(kpi, "mrr", period, parts, cut)

    def if_told(self, part):
        """The part, or None where nobody tells of payments that failed."""
        return part if self.books.are_failures_told else None

    def add_trials(self, period):
        books, kpi = self.books, "trial_conversion_rate"
        # Days before the first month of all are in no period.
        first = max(period.start, first_day(books.months[0]))
        cuts = {
            "all": lambda trial: "all",
            "plan": lambda trial: trial.plan,
            "country": lambda trial: books.country(trial.customer),
        }
        for dimension, segment in {TOTAL: 0} | by_segment(books.trials, cuts, lambda _: NOTHING):
            trials = [t for t in books.trials if (cuts[dimension](t) or "(none)") == segment]
            ended = [t for t in trials if t.ended and first <= t.ended <= period.end]
            begun = [t for t in trials if t.began and first <= t.began <= period.end]
            over = [t for t in begun if t.ended]
            runs = books.is_running(period) or len(over) < len(begun)
            for variant, members, is_provisional in [
                ("by_end", ended, None),
                ("by_start", over, runs),
            ]:
                parts = (sum(t.is_converted for t in members), len(members))
                cut = (dimension, segment)
                self.add(kpi, variant, period, parts, cut, is_provisional)

    def add_cohort(self, period):
        books, today = self.books, self.books.months[-1]
        cohorts = {customer: books.cohort(customer) for customer in books.customers}
        members = {c: month for c, month in cohorts.items() if month in books.months_in(period)}
        kpi = "cohort_retention"
        for months_since in range(today - period.first_month + 1):
            reached = {c: m for c, m in members.items() if m + months_since <= today}
            later = {c: books.balance(c, m + months_since) for c, m in reached.items()}
            is_mature = not books.is_running(period) and all(
                last_day(month + months_since) <= books.world.reporting_date
                for month in members.values()
            )
            options = {"cut": ("months_since", str(months_since)), "is_provisional": not is_mature}
            active = sum(1 for amount in later.values() if amount)
            if reached:
                self.add(kpi, "customers", period, (active, len(reached)), **options)
                for variant, balance in self.revenue_of_cohorts:
                    money = (
                        sum(balance(c, m + months_since) for c, m in reached.items()),
                        sum(balance(c, m) for c, m in reached.items()),
                    )
                    self.add(kpi, variant, period, money, **options)
        active = sum(1 for customer in members if books.balance(customer, today))
        self.add(kpi, "customers", period, (active, len(members)))
        for variant, balance in self.revenue_of_cohorts:
            now = sum(balance(customer, today) for customer in members)
            then = sum(balance(customer, month) for customer, month in members.items())
            self.add(kpi, variant, period, (now, then))

    @property
    def revenue_of_cohorts(self):
        return (
            ("revenue", self.books.constant_balance),
            ("revenue_market", self.books.balance),
        )

    def add_lifetime(self, period):
        books = self.books
        end = books.months_in(period)[-1]
        kpi = "customer_lifetime"
        ever = set.union(*(self.active(month) for month in range(end - 12, end + 1)))
        lost = ever - self.active(end)
        first = min(
            (min(balances) for balances in books.balances.values() if balances), default=end
        )
        has_history = end - first >= 11
        parts = (len(ever), len(lost)) if has_history else (0, 0)
        self.add(kpi, "inverse_churn", period, parts, is_defined=parts[1] >= FEWEST_LOST)
        lives = {
            customer: sum(1 for month in balances if month <= end)
            for customer, balances in books.balances.items()
        }
        count = sum(1 for months in lives.values() if months)
        # Months over twelve months a customer: years.
        self.add(kpi, "observed", period, (sum(lives.values()), 12 * count))


def net(debts, is_known=True):
    return sum((debt.net for debt in debts), NOTHING) if is_known else None


def shown(part):
    return None if part is None else rounded(Fraction(part), 8)


def by_segment(rows, cuts, amount):
    """(dimension, segment) -> sum of the rows' amounts; a segment not known is `(none)`."""
    sums = defaultdict(Fraction)
    for row in rows:
        for dimension, segment in cuts.items():
            sums[dimension, segment(row) or "(none)"] += amount(row)
    return dict(sums)
