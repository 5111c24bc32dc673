"""The renewal book, computed a second time: plain Python, day by day, from the definitions.

A line is paid for on some days; the days without a gap are a service, and those with one length of
term are cut into terms. Nothing here reads the project's SQL.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from recurring_revenue import (
    Books,
    is_discounted,
    month_of,
    months_later,
    overdue_from,
    pays,
    prices,
    rounded,
)

NOTICE = timedelta(days=30)
GRACE = timedelta(days=30)
A_DAY = timedelta(days=1)
NOTHING = Fraction(0)


@dataclass
class Answer:
    """An answer to the NPS survey: of which customer, on which day, 0 to 10."""

    company_id: str
    on: date
    score: int


@dataclass
class LineRenewal:
    """One line and one due day: the service and the series of terms that end or go on there."""

    line: object
    service: tuple
    series: tuple
    due: date
    term_from: date
    is_coming: bool
    term: int
    observed: date | None = None


@dataclass
class Renewal:
    """One subscription, due day and length of term, while it is put together."""

    parts: list = field(default_factory=list)
    amount: Fraction = NOTHING
    after: Fraction = NOTHING
    left: list = field(default_factory=list)
    unpaid: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    past_due: list = field(default_factory=list)


def term_of(terms):
    """The length of a term in months."""
    count = terms.interval_count
    if terms.billing_interval in ("day", "week"):
        days = count * (7 if terms.billing_interval == "week" else 1)
        return max(1, int(rounded(Fraction(days * 12, 365), 0)))
    return count * {"month": 1, "quarter": 3, "year": 12}[terms.billing_interval]


class Renewals:
    """All renewals of a world, past and to come."""

    def __init__(self, world, subscription_of, answers=()):
        self.world = world
        self.books = Books(world)
        self.report = world.reporting_date
        self.subscription_of = subscription_of
        self.answers = answers
        self.runs = {line.line_id: self.runs_of(line) for line in world.lines}
        self.found = self.put_together()

    # -- days ----------------------------------------------------------------------------------

    def row_on(self, line, on):
        """The validity period of a line that is paid for on a day."""
        for row in line.terms:
            is_there = row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
            if is_there and pays(row, on, line.terms, self.report):
                return row
        return None

    def runs_of(self, line):
        """The services of a line, each as (first day, last day, [series of terms])."""
        if not line.terms:
            return []
        begin = min(row.valid_from for row in line.terms)
        # Beyond the longest term nobody asks.
        ahead = timedelta(days=31 * max(map(term_of, line.terms)) + 60)
        end = max(self.report, max(row.valid_to or row.valid_from for row in line.terms)) + ahead
        services = []
        on, before = begin, None
        while on <= end:
            row = self.row_on(line, on)
            if row is not None:
                term = term_of(row)
                if before is None:
                    services.append([])
                if before is None or services[-1][-1][2] != term:
                    services[-1].append([on, on, term])
                services[-1][-1][1] = on
            before = row
            on += A_DAY
        return [
            (
                series[0][0],
                None if series[-1][1] == end else series[-1][1],
                [(first, None if last == end else last, term) for first, last, term in series],
            )
            for series in services
        ]

    def amount(self, line, on, rate_month):
        row = self.row_on(line, on)
        if row is None:
            return None
        mrr, _ = prices(row, is_discounted(row, on))
        rate = self.books.rate(row.currency, self.books.balance_day(rate_month))
        return rounded(mrr * rate, 8)

    def unpaid_from(self, line, row):
        if row.subscription_status == "past_due":
            return overdue_from(line.terms, row, self.report)
        return row.past_due_since if row.subscription_status == "canceled" else None

    def ends_unpaid(self, line, service):
        _, last, _ = service
        if last is None:
            return False
        row = self.row_on(line, last)
        since = self.unpaid_from(line, row)
        asked = row.cancel_requested_on
        return since is not None and (asked is None or asked > since)

    # -- due days ------------------------------------------------------------------------------

    def candidates(self, line):
        last_month = month_of(self.report)
        has_balance = any(
            charge.line_id == line.line_id
            for charge in self.books.charges(self.books.customer(line.company_id), last_month)
        )
        for service in self.runs[line.line_id]:
            for series in service[2]:
                first, last, term = series
                number = 1
                while True:
                    due = months_later(first, number * term)
                    start = months_later(first, (number - 1) * term)
                    if due > self.report or (last and start > last):
                        break
                    if month_of(due) in self.books.months:
                        yield LineRenewal(line, service, series, due, start, False, term)
                    number += 1
                runs = first <= self.report and (last is None or last >= self.report)
                if runs and has_balance:
                    while due <= self.report:
                        number += 1
                        due = months_later(first, number * term)
                    ends = service[1]
                    if ends and ends < due and not self.ends_unpaid(line, service):
                        due = ends + A_DAY
                    start = months_later(first, (number - 1) * term)
                    yield LineRenewal(line, service, series, due, start, True, term)

    def dated(self):
        """(subscription, due day, term) -> the lines that were there on the day of observation."""
        groups = defaultdict(list)
        for line in self.world.lines:
            for part in self.candidates(line):
                groups[self.subscription_of(line), part.due, part.term].append(part)
        kept = {}
        for key, parts in groups.items():
            begun = max(part.term_from for part in parts)
            there = []
            for part in parts:
                part.observed = self.report if part.is_coming else max(part.due - NOTICE, begun)
                first, last, _ = part.series
                if first <= part.observed and (last is None or last >= part.observed):
                    there.append(part)
            if there:
                kept[key] = there
        return kept

    # -- outcomes ------------------------------------------------------------------------------

    def rate_month(self, part):
        if part.is_coming:
            return month_of(self.report)
        return max(self.books.months[0], month_of(part.due) - 1)

    def put_together(self):
        dated = self.dated()
        last_due = defaultdict(lambda: date.min)
        for parts in dated.values():
            for part in parts:
                key = part.line.line_id, part.service[0]
                last_due[key] = max(last_due[key], part.due)
        found = {}
        for key, parts in dated.items():
            renewal = Renewal(parts)
            for part in parts:
                self.judge(renewal, part, last_due[part.line.line_id, part.service[0]])
            if renewal.amount != 0:
                found[key] = renewal
        self.replace(found, dated)
        return {key: self.row(key, renewal) for key, renewal in found.items()}

    def judge(self, renewal, part, last_due):
        line, month = part.line, self.rate_month(part)
        row = self.row_on(line, part.observed)
        renewal.amount += self.amount(line, part.observed, month)
        if row.cancel_requested_on and row.cancel_requested_on <= part.observed:
            renewal.asked.append(row.cancel_requested_on)
        if row.subscription_status == "past_due":
            since = self.unpaid_from(line, row)
            if since <= part.observed:
                renewal.past_due.append(since)
        if part.is_coming:
            return
        after = self.amount(line, part.due, month)
        _, last, _ = part.service
        unpaid = self.ends_unpaid(line, part.service)
        proves_unpaid = unpaid and part.due == last_due and last and part.due <= last < self.report
        if after is None or proves_unpaid:
            renewal.left.append(last + A_DAY)
            renewal.unpaid.append(unpaid)
        else:
            renewal.after += after

    def replace(self, found, dated):
        """Give each line that began before a due day to the one renewal whose place it takes."""
        lost = {key: renewal for key, renewal in found.items() if renewal.left}
        due_lines = {
            (part.line.line_id, *key[:2]) for key, parts in dated.items() for part in parts
        }
        gains = []
        for line in self.world.lines:
            own, customer = self.subscription_of(line), self.books.customer(line.company_id)
            for service in self.runs[line.line_id]:
                places = []
                for (subscription, due, term), renewal in lost.items():
                    part = renewal.parts[0]
                    if self.books.customer(part.line.company_id) != customer:
                        continue
                    if not part.observed < service[0] <= due:
                        continue
                    if (line.line_id, subscription, due) in due_lines:
                        continue
                    if subscription == own or renewal.after <= 0:
                        places.append((subscription != own, due, subscription, -term))
                if places:
                    _, due, subscription, term = min(places)
                    renewal = lost[subscription, due, -term]
                    amount = self.amount(line, due, self.rate_month(renewal.parts[0]))
                    gains.append((renewal, amount or NOTHING))
        for renewal, amount in gains:
            renewal.after += amount

    # -- signs of the customer -----------------------------------------------------------------

    def contraction(self, customer, observed):
        """By how much the customer contracted in the months that ended in the year before."""
        since = months_later(observed, -12)
        return sum(
            (
                amount
                for (who, month, movement, _, _), amount in self.books.movements.items()
                if who == customer
                and movement == "contraction"
                and since < self.books.balance_day(month) <= observed
            ),
            NOTHING,
        )

    def row(self, key, renewal):
        part = renewal.parts[0]
        customer = self.books.customer(part.line.company_id)
        rows = [row for line in self.world.lines for row in line.terms]
        tells_wishes = any(row.cancel_requested_on for row in rows)
        tells_arrears = any(
            row.past_due_since or row.subscription_status == "past_due" for row in rows
        )
        tells_changes = any(
            amount and movement in ("expansion", "contraction")
            for (_, _, movement, _, _), amount in self.books.movements.items()
        )
        contraction = self.contraction(customer, part.observed)
        heard = [
            answer
            for answer in self.answers
            if answer.company_id == customer and answer.on <= part.observed
        ]
        score = max(heard, key=lambda answer: answer.on).score if heard else None
        amount, after, due = renewal.amount, renewal.after, key[1]
        outcome = None
        if not part.is_coming:
            outcome = "renewed"
            if amount > 0 and after <= 0:
                outcome = "churned"
            elif after != amount:
                outcome = "expanded" if after > amount else "contracted"
        churned = outcome == "churned"
        return {
            "customer_id": customer,
            "observation_date": part.observed,
            "is_coming": part.is_coming,
            "mrr_amount": amount,
            "has_asked_to_cancel": bool(renewal.asked) if tells_wishes else None,
            "cancel_asked_date": min(renewal.asked, default=None),
            "is_past_due": bool(renewal.past_due) if tells_arrears else None,
            "past_due_date": min(renewal.past_due, default=None),
            "has_contracted": contraction < 0 if tells_changes else None,
            "contraction_12_months_amount": contraction if tells_changes else None,
            "has_low_nps": score <= 6 if heard else None,
            "nps_score": score,
            "outcome": outcome,
            "after_amount": None if part.is_coming else after,
            "left_date": max(renewal.left, default=due) if churned else None,
            "is_involuntary": None
            if part.is_coming
            else churned and bool(renewal.left) and all(renewal.unpaid),
            "is_provisional": None
            if part.is_coming
            else not churned and due + GRACE >= self.report,
        }
