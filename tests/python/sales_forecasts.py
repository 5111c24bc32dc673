"""Sales forecasts computed a second time: plain Python, from the CSV files, day by day.

Nothing here reads the project's SQL. A morning asks each deal what its histories had said by the
evening before; nothing is laid out in spans, and every rate is counted anew for each morning.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property, wraps

from crm import (
    ORDER,
    Company,
    day,
    distinct,
    in_paris,
    is_valid,
    moment,
    number,
    read,
    true,
)

COMBINED = ("stage_weighted", "seasonal_trend", "rep_judgement")
METHODS = (*COMBINED, "deal_age", "lead_driven", "same_as_last_year")
FEWEST_CASES = 5
FEWEST_ERRORS = 8
HORIZON = 9


def remembered(method):
    """Return a method that keeps, in its object, what it has returned for each argument."""

    @wraps(method)
    def known(self, *arguments):
        key = (method.__name__, *arguments)
        if key not in self.known:
            self.known[key] = method(self, *arguments)
        return self.known[key]

    return known


def index_of(on: date) -> int:
    """Return the months of the calendar counted through, up to that of a day."""
    return on.year * 12 + on.month - 1


def first_day(index: int) -> date:
    """Return the first day of a month that is counted through."""
    return date(index // 12, index % 12 + 1, 1)


def days_in(index: int) -> int:
    """Return how many days a month has."""
    return (first_day(index + 1) - first_day(index)).days


def read_property(row):
    """Return a cell of the property history as an amount, a day or an id; or raise an error."""
    readers = {"amount": number, "closedate": day}
    return readers.get(row["property"], lambda text: text or None)(row["value"])


def is_readable(row) -> bool:
    """Return whether a row of the property history would pass the gate."""
    try:
        read_property(row)
    except ValueError:
        return False
    return is_valid(row, {"changed_at": moment})


class Forecasts:
    """All forecasts of the demo company; amounts are floats, in euros, by team."""

    def __init__(self, root):
        self.known = {}
        self.company = company = Company(root)
        self.today = company.today
        self.deals = {
            r["hs_object_id"]: r
            for r in company.deal_rows
            if company.deal_of[r["hs_object_id"]] == r["hs_object_id"]
            and not (true(r["archived"]) and not r["merged_into_id"])
            and not company.never_was_a_deal(r)
        }
        self.stages = {stage: r for (_, stage), r in company.stages.items()}
        self.evenings = self._evenings()
        self.written = defaultdict(list)
        rows = distinct(read(root / "seeds/demo/deal_property_history.csv"))
        readable = [r for r in rows if r["deal_id"] in self.deals and is_readable(r)]
        for row in sorted(readable, key=lambda r: moment(r["changed_at"])):
            on = in_paris(moment(row["changed_at"]))
            self.written[row["deal_id"], row["property"]].append((on, read_property(row)))
        self.submitted = [
            (r["owner_id"], day(r["submitted_on"]), index_of(day(r["forecast_month"])),
             r["category"], float(r["forecast_amount"]))
            for r in read(root / "seeds/demo/submitted_forecasts.csv")
        ]  # fmt: skip

    def _evenings(self):
        """Return {deal: [(day, stage), ...]}: the stage at the end of each day with an entry."""
        entries = defaultdict(list)
        for row in self.company.deal_history_rows:
            if row["deal_id"] in self.deals and row["dealstage"] in self.stages:
                at = moment(row["entered_at"])
                order = int(self.stages[row["dealstage"]]["display_order"])
                if in_paris(at) <= self.today:
                    entries[row["deal_id"]].append((at, order, row["dealstage"]))
        evenings = {}
        for deal, found in entries.items():
            last = {in_paris(at): stage for at, _, stage in sorted(found)}
            evenings[deal] = sorted(last.items())
        return evenings

    def is_closed(self, stage) -> bool:
        return true(self.stages[stage]["is_closed"])

    def is_won(self, stage) -> bool:
        return true(self.stages[stage]["is_won"])

    def euros(self, deal, amount):
        """Return an amount of a deal in euros and cents; None for none."""
        if amount is None:
            return None
        rate = self.company.rates[self.deals[deal]["deal_currency_code"]]
        return float((amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP))

    def value_on(self, deal, name, on):
        """Return what the property history had said last by the evening of a day."""
        known = [value for at, value in self.written[deal, name] if at <= on]
        return known[-1] if known else None

    def team_of(self, deal, on) -> str:
        owner = self.value_on(deal, "hubspot_owner_id", on) or self.deals[deal]["hubspot_owner_id"]
        return self.company.whose(owner, on)["team"]

    @cached_property
    def wins(self):
        """Every win as it was seen: [(day, deal, euros, team), ...]."""
        wins = []
        for deal, evenings in self.evenings.items():
            before = False
            for on, stage in evenings:
                if self.is_won(stage) and not before:
                    amount = self.euros(deal, self.value_on(deal, "amount", on))
                    wins.append((on, deal, amount or 0.0, self.team_of(deal, on)))
                before = self.is_won(stage)
        return wins

    @remembered
    def won(self, start, end, team=None) -> float:
        """Return what was seen to be won from a day to another, both included."""
        return sum(
            euros for on, _, euros, of in self.wins if start <= on <= end and team in (None, of)
        )

    @cached_property
    def first_index(self) -> int:
        """The month of the first entry into a stage."""
        return index_of(min(evenings[0][0] for evenings in self.evenings.values()))

    @cached_property
    def mornings(self):
        """The first of each month after the first known one, and the day after the report."""
        first = min(first_day(self.first_index), min(on for _, on, *_ in self.submitted))
        months = range(index_of(first) + 1, index_of(self.today) + 1)
        return [first_day(index) for index in months] + [self.today + timedelta(days=1)]

    @remembered
    def open_deals(self, morning):
        """The open deals of a morning: [(deal, stage, euros, due month, team, age), ...]."""
        eve, found = morning - timedelta(days=1), []
        is_now = morning == self.mornings[-1]
        for deal, row in self.deals.items():
            if is_now:
                stage, amount, due = row["dealstage"], number(row["amount"]), day(row["closedate"])
                team = self.company.whose(row["hubspot_owner_id"], eve)["team"]
            else:
                past = [stage for on, stage in self.evenings.get(deal, []) if on <= eve]
                if not past:
                    continue
                stage, amount = past[-1], self.value_on(deal, "amount", eve)
                due, team = self.value_on(deal, "closedate", eve), self.team_of(deal, eve)
            if self.is_closed(stage):
                continue
            created = in_paris(moment(row["createdate"])) or eve
            age = min(max((eve - created).days, 0) // 30, 24)
            month = max(index_of(due), index_of(morning)) if due else None
            found.append((deal, stage, self.euros(deal, amount), month, team, age))
        return found

    @remembered
    def teams(self, morning):
        """The teams that had a deal, a win or a forecast by a morning."""
        return (
            {team for *_, team, _ in self.open_deals(morning)}
            | {team for on, _, _, team in self.wins if on < morning}
            | {team for _, _, team, _ in self.judged(morning)}
        )

    @remembered
    def rest_share(self, morning, ahead) -> float:
        """The share of a month's days that is still to come."""
        index = index_of(morning) + ahead
        return (first_day(index + 1) - max(morning, first_day(index))).days / days_in(index)

    # -- the methods: {(months ahead, team): euros of the rest of the month} ----------------------

    def stage_weighted(self, morning):
        eve = morning - timedelta(days=1)
        cases = defaultdict(list)
        for evenings in self.evenings.values():
            past = [(on, stage) for on, stage in evenings if on <= eve]
            if past and self.is_closed(past[-1][1]):
                closed_on, outcome = past[-1]
                passed = {s for on, s in past if on < closed_on and not self.is_closed(s)}
                for stage in passed:
                    cases[stage].append(self.is_won(outcome))
        every = [case for found in cases.values() for case in found]
        if len(every) < FEWEST_CASES:
            return None
        found = defaultdict(float)
        for _, stage, euros, due, team, _ in self.open_deals(morning):
            if euros is not None and due is not None:
                known = cases[stage] if len(cases[stage]) >= FEWEST_CASES else every
                found[due - index_of(morning), team] += euros * sum(known) / len(known)
        return {(k, t): found[k, t] for k in range(HORIZON) for t in self.teams(morning)}

    def seasonal_trend(self, morning):
        month = index_of(morning)
        years = min((month - self.first_index) // 12, 3)
        if years < 1:
            return None

        def month_won(index, team=None):
            return self.won(first_day(index), first_day(index + 1) - timedelta(days=1), team)

        past = {index: month_won(index) for index in range(month - 12 * years, month)}
        last = sum(past[index] for index in range(month - 12, month))
        growth = 1.0
        if years > 1 and (before := sum(past[i] for i in range(month - 24, month - 12))):
            growth = min(max(last / before, 0.5), 2)
        found = {}
        for ahead in range(HORIZON):
            same = [amount for i, amount in past.items() if (i - month - ahead) % 12 == 0]
            raw = sum(same) * 12 / sum(past.values()) if sum(past.values()) else 1
            season = (years * raw + 1) / (years + 1)
            trend = 1 + (growth - 1) / 2 * (ahead + 6.5) / 12
            for team in self.teams(morning):
                level = sum(month_won(i, team) for i in range(month - 12, month)) / 12
                share = self.rest_share(morning, ahead)
                found[ahead, team] = level * trend * season * share
        return found

    @remembered
    def judged(self, morning):
        """What each rep had last said: [(owner, month, team, euros), ...]."""
        eve, last = morning - timedelta(days=1), {}
        for owner, on, month, category, euros in sorted(self.submitted, key=lambda row: row[1]):
            if on <= eve and month >= index_of(morning):
                last.setdefault((owner, month), {})[category] = euros
        return [
            (
                owner,
                month,
                self.company.whose(owner, eve)["team"],
                said.get("commit", said.get("best_case")),
            )
            for (owner, month), said in last.items()
        ]

    def rep_judgement(self, morning):
        found, known = defaultdict(float), set()
        for _, month, team, euros in self.judged(morning):
            ahead = month - index_of(morning)
            known.add(ahead)
            found[ahead, team] += euros
        start, eve = first_day(index_of(morning)), morning - timedelta(days=1)
        return {
            (k, t): max(found[k, t] - (self.won(start, eve, t) if k == 0 else 0), 0)
            for k in sorted(known)
            for t in self.teams(morning)
        }

    @cached_property
    def outcomes(self):
        """What became of deals open on a past morning: [(month, age, months to the win), ...]."""
        wins, found = defaultdict(list), []
        for on, deal, *_ in self.wins:
            wins[deal].append(on)
        for morning in self.mornings[:-1]:
            for deal, *_, age in self.open_deals(morning):
                later = [index_of(on) for on in wins[deal] if on >= morning]
                ahead = min(later) - index_of(morning) if later else None
                found.append((index_of(morning), age, ahead))
        return found

    def deal_age(self, morning):
        found = {}
        for ahead in range(HORIZON):
            shown = [
                (age, won_after == ahead)
                for month, age, won_after in self.outcomes
                if month + ahead < index_of(morning)
            ]
            if len(shown) < FEWEST_CASES:
                continue
            every = [won for _, won in shown]
            by_age = defaultdict(list)
            for age, won in shown:
                by_age[age].append(won)
            for team in self.teams(morning):
                found[ahead, team] = 0.0
            for _, _, euros, _, team, age in self.open_deals(morning):
                known = by_age[age] if len(by_age[age]) >= FEWEST_CASES else every
                expected = (euros or 0) * sum(known) / len(known)
                found[ahead, team] += expected * self.rest_share(morning, ahead)
        return found

    @cached_property
    def leads(self):
        """The month in which each contact became a lead, and a customer or None."""
        company = self.company
        deleted = {
            r["hs_object_id"]
            for r in company.contact_rows
            if true(r["archived"]) and not r["merged_into_id"]
        }
        entries = defaultdict(list)
        for row in company.history_rows:
            contact, on = company.contact_of[row["contact_id"]], in_paris(moment(row["entered_at"]))
            order = ORDER.get(row["lifecyclestage"], 0)
            if order and on <= self.today and contact not in deleted:
                entries[contact].append((on, order))
        return [
            (
                index_of(min(on for on, _ in found)),
                min((index_of(on) for on, order in found if order >= 5), default=None),
            )
            for found in entries.values()
        ]

    def lead_driven(self, morning):
        month = index_of(morning)
        known = [(lead, customer) for lead, customer in self.leads if lead < month]
        customers = sum(1 for _, c in known if c is not None and month - 12 <= c < month)
        if customers < FEWEST_CASES:
            return None

        @cache
        def rate(lag):
            seen = [(lead, c) for lead, c in known if lead + lag < month]
            return sum(c == lead + lag for lead, c in seen) / len(seen) if seen and lag <= 24 else 0

        new_leads = sum(1 for lead, _ in known if lead >= month - 3) / 3
        found = {}
        for ahead in range(HORIZON):
            expected = sum(rate(month + ahead - lead) for lead, _ in known)
            expected += sum(new_leads * rate(lag) for lag in range(ahead + 1))
            for team in self.teams(morning):
                start, end = first_day(month - 12), first_day(month) - timedelta(days=1)
                each = self.won(start, end, team) / customers
                found[ahead, team] = expected * each * self.rest_share(morning, ahead)
        return found

    def same_as_last_year(self, morning):
        found = {}
        for ahead in range(HORIZON):
            index = index_of(morning) + ahead - 12
            if index >= self.first_index:
                for team in self.teams(morning):
                    end = first_day(index + 1) - timedelta(days=1)
                    won = self.won(first_day(index), end, team)
                    found[ahead, team] = won * self.rest_share(morning, ahead)
        return found

    # -- months, their combination, periods -------------------------------------------------------

    @remembered
    def months(self, morning, method):
        """{(months ahead, team): euros of the whole month}, of one of the methods."""
        start, eve = first_day(index_of(morning)), morning - timedelta(days=1)
        return {
            (k, t): euros + (self.won(start, eve, t) if k == 0 else 0)
            for (k, t), euros in (getattr(self, method)(morning) or {}).items()
        }

    def month_total(self, morning, method, ahead):
        """Return the forecast of a month in total; None without one."""
        found = [euros for (k, _), euros in self.months(morning, method).items() if k == ahead]
        return sum(found) if found else None

    @remembered
    def mean_error(self, morning, method, ahead):
        """Return the mean error as long ahead, of months that were over; None with too few."""
        errors = []
        for earlier in self.mornings[:-1]:
            index = index_of(earlier) + ahead
            if first_day(index + 1) <= morning:
                forecast = self.month_total(earlier, method, ahead)
                if forecast is not None:
                    end = first_day(index + 1) - timedelta(days=1)
                    errors.append(abs(forecast - self.won(first_day(index), end)))
        return sum(errors) / len(errors) if len(errors) >= FEWEST_CASES else None

    @remembered
    def combined(self, morning):
        """{(months ahead, team): euros of the whole month} of the combination."""
        found = {}
        for ahead in range(HORIZON):
            there = [m for m in COMBINED if self.month_total(morning, m, ahead) is not None]
            if not set(there) & {"stage_weighted", "seasonal_trend"}:
                continue
            errors = {m: self.mean_error(morning, m, ahead) for m in there}
            weights = dict.fromkeys(there, 1.0)
            if None not in errors.values():
                weights = {m: 1 / max(error, 0.01) for m, error in errors.items()}
            for team in self.teams(morning):
                parts = sum(weights[m] * self.months(morning, m)[ahead, team] for m in there)
                found[ahead, team] = parts / sum(weights.values())
        return found

    def of_method(self, morning, method):
        return self.combined(morning) if method == "combined" else self.months(morning, method)

    @remembered
    def period(self, morning, method, start, length, team=None):
        """Return the forecast of a period of whole months; None if it lacks a month."""
        months = self.of_method(morning, method)
        teams = {t for _, t in months} if team is None else {team}
        total = 0.0
        if index_of(morning) > index_of(start):
            end = first_day(index_of(morning)) - timedelta(days=1)
            total = self.won(start, end, team)
        for index in range(max(index_of(start), index_of(morning)), index_of(start) + length):
            ahead = index - index_of(morning)
            if not teams or any((ahead, t) not in months for t in teams):
                return None
            total += sum(months[ahead, t] for t in teams)
        return total

    def interval(self, morning, method, start, length):
        """Return the 80 % interval of a period in total; None with too few past errors."""
        ahead, shares = index_of(start) - index_of(morning), []
        for earlier in self.mornings[:-1]:
            begin = first_day(index_of(earlier) + ahead)
            if length == 3 and index_of(begin) % 3:
                continue
            after = first_day(index_of(begin) + length)
            if after <= morning:
                forecast = self.period(earlier, method, begin, length)
                if forecast:
                    shares.append(self.won(begin, after - timedelta(days=1)) / forecast)
        if len(shares) < FEWEST_ERRORS:
            return None
        forecast = self.period(morning, method, start, length)
        return tuple(forecast * quantile(shares, part) for part in (0.1, 0.9))


def quantile(values, part) -> float:
    """Return the value below which a part of the values lies, between two of them by distance."""
    values = sorted(values)
    place = part * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])
