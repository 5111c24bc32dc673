"""Contracted ARR and remaining performance obligation, computed a second time, day by day.

For each subscription line and each month's end: does it run, or was it signed by then and begins
later; had its customer asked to leave by then; up to which day is it contracted, and what are the
days to come worth? It stands on the days of `recurring_revenue.py`, and reads none of the project's
SQL.
"""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from recurring_revenue import (
    GRACE,
    MONTHS,
    NOTHING,
    TOTAL,
    Terms,
    by_segment,
    first_day,
    is_discounted,
    months_later,
    pays,
    prices,
    rounded,
)

DAY = timedelta(days=1)
# Chance brings these to many worlds; the rest stands in one that is made by hand.
CONTRACT_KINDS = [
    *("signed ahead", "asked to leave", "agreed end", "discount that ends", "later than a year")
]


@dataclass
class Contract:
    """A line at a month's end, as it was known then; amounts are those of a month, in euros."""

    customer: str
    line_id: str
    plan: str
    status: str
    signed_on: date | None
    until: date
    runs: Fraction
    not_started: Fraction
    leaving: Fraction
    remaining: Fraction
    remaining_12_months: Fraction
    kinds: set[str]


class Service:
    """The days on which a line is paid for, and the validity period that each is paid by."""

    def __init__(self, line, report):
        self.line = line
        named = [
            value
            for row in line.terms
            for value in (getattr(row, one.name) for one in fields(Terms))
            if isinstance(value, date)
        ]
        first = min(row.valid_from for row in line.terms)
        # Later than this nothing changes any more.
        self.horizon = max([*named, report]) + GRACE + 2 * DAY
        self.days = {}
        for on in (first + n * DAY for n in range((self.horizon - first).days + 1)):
            for row in line.terms:
                if pays(row, on, line.terms, report):
                    self.days[on] = row

    @property
    def begins_paid(self):
        """Whether the first day of all is paid for: no trial, no pause."""
        return min(row.valid_from for row in self.line.terms) in self.days

    @property
    def first_day(self):
        return min(self.days)

    def last_day(self, on):
        """The last day paid for without a day between; the horizon where there is no end."""
        while on + DAY in self.days:
            on += DAY
        return on

    def end(self, on):
        last = self.last_day(on)
        return None if last == self.horizon else last

    def terms_begin(self, on):
        """The day from which the terms that run on a day are counted."""
        length = term_months(self.days[on])
        while on - DAY in self.days and term_months(self.days[on - DAY]) == length:
            on -= DAY
        return on

    def agreed_end(self, on):
        """The end that the conditions of a day were agreed with, where one was."""
        last = self.last_day(on)
        row = self.days[last]
        later = [one for one in self.line.terms if one.valid_from > row.valid_from]
        if later or row.subscription_status != "active" or row.valid_to != last:
            return None
        if row.cancel_requested_on or self.days[on].cancel_requested_on:
            return None
        conditions = {
            tuple(getattr(self.days[on + n * DAY], column) for column in CONDITIONS)
            for n in range((last - on).days + 1)
        }
        return last if len(conditions) == 1 else None


CONDITIONS = [
    "plan_id",
    "quantity",
    "unit_price",
    "discount_share",
    "currency",
    "billing_interval",
    "interval_count",
]


def term_months(row):
    """The whole months nearest to what one bill pays for, at least one."""
    if row.billing_interval in ("month", "quarter", "year"):
        return int(MONTHS[row.billing_interval]) * row.interval_count
    days = {"day": 1, "week": 7}[row.billing_interval] * row.interval_count
    return max(1, int(rounded(Fraction(days * 12, 365), 0)))


class Price:
    """The worth of service from the first day of its terms on, in its currency."""

    def __init__(self, row, read_on, begin):
        self.length, self.begin = term_months(row), begin
        is_reduced = row.discount_share and is_discounted(row, read_on)
        self.reduced_to = row.discount_ends_on if is_reduced else None
        self.monthly = prices(row, is_discounted(row, read_on))[0]
        self.full = prices(row, False)[0]

    def worth(self, on):
        """The worth of all days up to one; beyond a discount they cost the full price."""
        if self.reduced_to is None or on <= self.reduced_to:
            return self.at(self.monthly, on)
        beyond = self.at(self.full, on) - self.at(self.full, self.reduced_to)
        return self.at(self.monthly, self.reduced_to) + beyond

    def at(self, monthly, on):
        whole = rounded(monthly * self.length, 2)
        amount, number = NOTHING, 0
        while True:
            start = months_later(self.begin, number * self.length)
            after = months_later(self.begin, (number + 1) * self.length)
            if on < start:
                return amount
            if on < after - DAY:
                return amount + rounded(whole * ((on - start).days + 1) / (after - start).days, 2)
            amount, number = amount + whole, number + 1


class Contracts:
    """The contracts of a world's books at each month's end."""

    def __init__(self, books):
        self.books = books
        report = books.world.reporting_date
        self.services = {line.line_id: Service(line, report) for line in books.world.lines}

    @cached_property
    def signed(self):
        """line -> (customer, signed on, first day), of the lines whose signing is known."""
        deals = {deal.deal_id: deal for deal in self.books.world.deals}

        def deal_of(line):
            deal = deals.get(line.deal_id)
            return deal and deals[deal.surviving_deal_id or deal.deal_id]

        def start(line):
            return min(row.valid_from for row in line.terms)

        recurring = [
            line for line in self.books.world.lines if line.terms[0].line_type == "recurring"
        ]
        signed = {}
        for line in recurring:
            service, deal = self.services[line.line_id], deal_of(line)
            if not deal or not deal.is_won or not service.days or not service.begins_paid:
                continue
            beside = [
                other
                for other in recurring
                if other.subscription_id == line.subscription_id and deal_of(other) is deal
            ]
            if start(line) == min(map(start, beside)):
                customer = self.books.customer(line.company_id)
                signed[line.line_id] = (customer, deal.closed_on, service.first_day)
        return signed

    @cached_property
    def by_month(self):
        """(line, month) -> its contract at the month's end."""
        books, contracts = self.books, {}
        for month in books.months:
            end = books.balance_day(month)
            running = {
                charge.line_id
                for customer in books.customers
                for charge in books.charges(customer, month)
            }
            for line_id in running:
                contracts[line_id, month] = self.contract(line_id, end, end)
            for line_id, (_, signed_on, begins_on) in self.signed.items():
                if signed_on <= end < begins_on:
                    contracts[line_id, month] = self.contract(line_id, end, begins_on)
        return contracts

    def contract(self, line_id, end, read_on):
        service = self.services[line_id]
        customer = self.books.customer(service.line.company_id)
        row, is_running = service.days[read_on], read_on == end
        last_row = service.days[service.last_day(read_on)]
        asked = [row.cancel_requested_on, last_row.cancel_requested_on]
        is_replaced = service.end(read_on) is not None and any(
            (who, begins_on) == (customer, service.end(read_on) + DAY) and signed_on <= end
            for who, signed_on, begins_on in self.signed.values()
        )
        is_leaving = is_replaced or any(day is not None and day <= end for day in asked)
        agreed = None if is_leaving else service.agreed_end(read_on)
        begin = service.terms_begin(read_on)
        until, number = None, 0
        while until is None or until < (end if is_running else begin):
            number += 1
            until = months_later(begin, number * term_months(row)) - DAY
        until = agreed or (service.end(read_on) if is_leaving else None) or until
        price = Price(row, read_on, begin)
        kinds = {
            "signed ahead": not is_running,
            "withdrawn": is_leaving and not is_running,
            "replaced": is_replaced,
            "asked to leave": is_leaving and not is_replaced,
            "told in a later row": is_leaving and asked[0] is None and not is_replaced,
            "agreed end": agreed is not None,
            "discount that ends": price.reduced_to is not None and price.reduced_to < until,
            "later than a year": until > months_later(end + DAY, 12),
        }
        served_to = max(end, begin - DAY)
        in_a_year = max(served_to, min(until, months_later(end + DAY, 12) - DAY))
        rate = self.books.rate(row.currency, end)
        amount = rounded(price.monthly * rate, 8)
        return Contract(
            customer=customer,
            line_id=line_id,
            plan=self.books.plan_name(row.plan_id),
            status="leaving" if is_leaving else "running" if is_running else "not_started",
            signed_on=self.signed.get(line_id, (None, None))[1],
            until=until,
            runs=amount if is_running else NOTHING,
            not_started=NOTHING if is_running or is_leaving else amount,
            leaving=amount if is_running and is_leaving else NOTHING,
            remaining=rounded((price.worth(until) - price.worth(served_to)) * rate, 8),
            remaining_12_months=rounded(
                (price.worth(in_a_year) - price.worth(served_to)) * rate, 8
            ),
            kinds={kind for kind, is_so in kinds.items() if is_so},
        )

    def rows(self):
        """Expected rows of fct_contract_months: (line, month) -> its figures."""
        return {
            (line_id, first_day(month)): {
                "customer_id": one.customer,
                "plan": one.plan,
                "contract_status": one.status,
                "signed_date": one.signed_on,
                "contracted_until": one.until,
                "mrr_amount": one.runs,
                "not_started_mrr_amount": one.not_started,
                "leaving_mrr_amount": one.leaving,
                "remaining_amount": one.remaining,
                "remaining_12_months_amount": one.remaining_12_months,
            }
            for (line_id, month), one in self.by_month.items()
        }


def contract_rows(books):
    return Contracts(books).rows()


def kinds_of_contracts(books):
    """The things in a world's contracts that are easily counted wrong."""
    return set().union(*(one.kinds for one in Contracts(books).by_month.values()))


def add_contracts(figures):
    """Add the cells of both KPIs to those of `Figures`."""
    books = figures.books
    contracts = Contracts(books).by_month
    is_any_known = bool(contracts)
    is_signing_known = any(one.signed_on for one in contracts.values())
    cuts = {
        "all": lambda one: "all",
        "plan": lambda one: one.plan,
        "country": lambda one: books.country(one.customer),
    }
    variants = [
        ("contracted_arr", "total", is_signing_known, carr_of),
        ("contracted_arr", "not_started", is_signing_known, lambda one: 12 * one.not_started),
        ("contracted_arr", "leaving", is_any_known, lambda one: 12 * one.leaving),
        ("remaining_performance_obligation", "total", is_any_known, lambda one: one.remaining),
        (
            "remaining_performance_obligation",
            "current",
            is_any_known,
            lambda one: one.remaining_12_months,
        ),
    ]
    for period in books.periods:
        last = books.months_in(period)[-1]
        at_end = [one for (_, month), one in contracts.items() if month == last]
        for kpi, variant, is_known, amount in variants:
            cells = {TOTAL: NOTHING} | by_segment(at_end, cuts, amount)
            for cut, value in cells.items():
                shown = value if is_known else None
                cell = (variant, period.grain, period.start, *cut)
                figures.cells[kpi][cell] = (shown, None, shown, books.is_running(period))


def carr_of(one):
    return 12 * (one.runs + one.not_started - one.leaving)
