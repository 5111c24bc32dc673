"""Costs and returns of the demo company's customers, reps and marketing, computed a second time.

Plain Python by the definitions, from the raw CSV files: costs, quotas, answers and the histories of
deals are read here, leads and deals are those of `crm.py`, touches those of `visitors.py`, and
recurring revenue is that of `recurring_revenue.py`. Nothing here reads the project's SQL. One thing
is taken from the build: which rows the gate rejected. They are left out by their place in the file.
"""

import csv
from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import product
from statistics import median

import recurring_revenue as recurring
from crm import NONE, PARIS, periods_of, plainly
from crm import Company as Crm
from figures import HORIZON, total_known, waiting_time
from visitors import Visits

CENT, MILLIONTH, NANO = Decimal("0.01"), Decimal("0.000001"), Decimal("0.00000001")
REP_ROLES = {"account_executive"}
DISCOUNT = Decimal("0.10")
LONGEST_LIFE, FEWEST_LOST = 5, 5
HALF_LIFE = 7
NO_OPERATING_EXPENSES = {"exceptional", "financing"}
CUSTOMER_CUTS = ("plan", "industry", "country", "channel", "campaign", "owner", "team")


def month_of(day):
    return day.replace(day=1)


def month_end(month):
    return add_months(month, 1) - timedelta(days=1)


def add_months(month, count):
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def moment(text):
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def paris_day(text):
    return moment(text).astimezone(PARIS).date()


def day(text):
    return date.fromisoformat(text) if text else None


def cents(value):
    return value.quantize(CENT, ROUND_HALF_UP)


def known_sum(amounts):
    """Return the sum of the known amounts: 0 of none at all, None where nobody knows one."""
    amounts = list(amounts)
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known or not amounts else None


def ratio(part, whole):
    return part / whole if part is not None and whole else None


def identified(text):
    return f"demo:{text}" if text else None


def exact(fraction):
    """A decimal of a fraction that has no more digits than money has."""
    return Decimal(fraction.numerator) / fraction.denominator


def rounded(value):
    """At the precision at which the warehouse hands a rate on, eight digits."""
    return None if value is None else value.quantize(NANO, ROUND_HALF_UP)


def spread(direct, shared, weights):
    """The direct amounts, with a part of the shared one in proportion to the weights.

    A refund weighs nothing. Where nothing has a weight, the shared amount stays where it is, in no
    segment.
    """
    weights = {segment: weight for segment, weight in weights.items() if weight > 0}
    total = sum(weights.values())
    costs = defaultdict(Decimal, direct)
    if not total:
        costs[NONE] += shared
        return costs
    for segment, weight in weights.items():
        costs[segment] += shared * weight / total
    return costs


class UnitEconomics:
    """The demo company; `figures(kpi)` are the cells of a KPI view.

    A cell is (variant, grain, first day, dimension, segment) -> (numerator, denominator, value).
    """

    def __init__(self, root, connection):
        self.root = root
        rejected = connection.table("quality.rejected_rows").select("table_name", "input_row_id")
        self.rejected = set(rejected.fetchall())
        self.crm = Crm(root)
        self.visits = Visits(self.crm)
        self.report = self.crm.today
        self.first_day = min(first for grain, first in self.crm.periods if grain == "month")
        self.rates = {
            r["currency"]: Decimal(r["euros_per_unit"]) for r in self.reference("currency_rates")
        }
        self.periods = {(period.grain, period.start): period.end for period in self.books.periods}
        # What is counted by week, too.
        self.periods_and_weeks = self.periods | {
            period: end for period, end in self.crm.periods.items() if period[0] == "week"
        }
        # Plans have one period more.
        self.ends = self.periods_and_weeks | self.next_periods

    # -- reading -----------------------------------------------------------------------------------

    def reference(self, name):
        with (self.root / "seeds" / "reference" / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def extract(self, name):
        """Rows of a raw extract that the gate let pass."""
        with (self.root / "seeds" / "demo" / f"{name}.csv").open(encoding="utf-8") as file:
            rows = enumerate(csv.DictReader(file), 1)
            return [row for place, row in rows if (name, place) not in self.rejected]

    def figures(self, kpi):
        return getattr(self, kpi)()

    # -- the CRM -----------------------------------------------------------------------------------

    def person_cut(self, owner, on):
        """The owner's name, and the team of a day."""
        person = self.crm.whose(owner and owner.removeprefix("demo:"), on)
        return {"owner": person["owner"], "team": person["team"]}

    @cached_property
    def owners(self):
        """Owner -> name, team and role."""
        return {
            identified(r["id"]): {
                "owner_name": self.crm.owners[r["id"]]["owner"],
                "team": self.crm.owners[r["id"]]["team"],
                "role": r["role"] or None,
            }
            for r in self.crm.owner_rows
        }

    @cached_property
    def companies(self):
        """Company -> its row, without those that were merged away or deleted."""
        return {
            identified(r["hs_object_id"]): r
            for r in self.crm.company_rows
            if self.crm.company_of[r["hs_object_id"]] == r["hs_object_id"]
            and (r["archived"] != "true" or r["merged_into_id"])
        }

    @cached_property
    def contacts(self):
        """Contact -> its days in the funnel, its channel and campaign, and its company.

        A contact with several companies belongs to the primary one, else to the first created.
        """
        links = defaultdict(dict)
        for row in self.extract("contact_companies"):
            contact = identified(self.crm.contact_of.get(row["contact_id"]))
            company = identified(self.crm.company_of.get(row["company_id"]))
            if company in self.companies:
                was_primary = links[contact].get(company, False)
                links[contact][company] = was_primary or row["is_primary"] == "true"
        rows = {r["hs_object_id"]: r for r in self.crm.contact_rows}
        contacts = {}
        for number, contact in self.crm.contacts.items():
            companies = links.get(identified(number), {})
            company = min(
                companies,
                key=lambda c: (not companies[c], moment(self.companies[c]["createdate"]), c),
                default=None,
            )
            contacts[identified(number)] = contact | {
                "company_id": company,
                "industry": company and self.companies[company]["industry"],
                "country": rows[number]["country"]
                or (company and self.companies[company]["country"]),
            }
        return contacts

    @cached_property
    def deals(self):
        """Deal -> what the CRM says of it, cut by its primary contact's channel and campaign."""
        rows = {r["hs_object_id"]: r for r in self.crm.deal_rows}
        plans = {r["plan_id"]: r["plan_name"] for r in self.extract("plans")}
        deals = {}
        for number, deal in self.crm.deals.items():
            row = rows[number]
            contact = next(iter(self.crm.contacts_of_deals.get(number, [])), None)
            stage = self.crm.stages[row["pipeline"], row["dealstage"]]
            person = self.contacts[identified(contact)] if contact else {}
            company = self.companies.get(identified(deal["company"]), {})
            deals[identified(number)] = {
                "deal_id": identified(number),
                "company_id": identified(deal["company"]),
                "owner_id": identified(deal["owner_id"]),
                "owner_name": deal["owner"],
                "team": deal["team"],
                "channel": deal["channel"],
                "campaign_name": person.get("campaign", NONE),
                "industry": company.get("industry"),
                "country": company.get("country") or person.get("country"),
                "deal_type": row["dealtype"],
                "plan": plans.get(row["plan"], row["plan"]),
                "pipeline_id": identified(row["pipeline"]),
                "pipeline_name": stage["pipeline_label"],
                "stage_id": row["dealstage"],
                "is_closed": deal["is_won"] or deal["is_lost"],
                "is_won": deal["is_won"],
                "loss_reason": plainly(deal["lost_reason"]) or NONE,
                "deal_amount": deal["amount"],
                "cycle_days": deal["cycle"],
                "created_date": deal["created"],
                "closed_date": deal["closed"],
            }
        return deals

    @cached_property
    def first_won_deals(self):
        """Company -> its first won deal; one without a company is a customer of its own."""
        first = {}
        for deal in self.deals.values():
            if deal["is_won"]:
                customer = deal["company_id"] or deal["deal_id"]
                order = (deal["closed_date"] or date.max, deal["deal_id"])
                if customer not in first or order < first[customer][0]:
                    first[customer] = (order, deal)
        return {customer: deal for customer, (_, deal) in first.items()}

    # -- billing -----------------------------------------------------------------------------------

    @cached_property
    def books(self):
        """Recurring revenue, day by day."""
        lines, invoices = defaultdict(list), []
        for row in self.extract("subscriptions"):
            lines[row["line_id"], row["company_id"]].append(
                recurring.Terms(
                    day(row["valid_from"]),
                    day(row["valid_to"]),
                    plan_id=row["plan_id"],
                    line_type=row["line_type"] or "recurring",
                    subscription_status=row["status"],
                    quantity=Decimal(row["quantity"]),
                    unit_price=Decimal(row["unit_price"]),
                    discount_share=Decimal(row["discount_share"] or 0),
                    discount_ends_on=day(row["discount_ends_on"]),
                    currency=row["currency"],
                    billing_interval=row["billing_interval"],
                    interval_count=int(row["interval_count"] or 1),
                    trial_ends_on=day(row["trial_ends_on"]),
                    cancel_requested_on=day(row["cancel_requested_on"]),
                    paid_until=day(row["paid_until"]),
                    past_due_since=day(row["past_due_since"]),
                )
            )
        lines_of = defaultdict(list)
        for row in self.extract("invoice_lines"):
            lines_of[row["invoice_id"]].append(
                recurring.InvoiceLine(
                    Decimal(row["amount_excl_tax"]),
                    row["plan_id"],
                    day(row["period_start"]),
                    day(row["period_end"]),
                )
            )
        for row in self.extract("invoices"):
            invoices.append(
                recurring.Invoice(
                    row["invoice_id"],
                    row["company_id"],
                    day(row["issued_on"]),
                    Decimal(row["amount_excl_tax"]),
                    lines_of[row["invoice_id"]],
                    invoice_type=row["invoice_type"],
                    invoice_status=row["status"],
                    currency=row["currency"],
                )
            )
        return recurring.Books(
            recurring.World(
                self.report,
                self.first_day,
                companies=[
                    recurring.Company(number, survivor)
                    for number, survivor in self.crm.company_of.items()
                ],
                plans=[
                    recurring.Plan(r["plan_id"], r["plan_name"], r["product_family"])
                    for r in self.extract("plans")
                ],
                lines=[
                    recurring.Line(line, company, terms) for (line, company), terms in lines.items()
                ],
                invoices=invoices,
                rates=[
                    recurring.ExchangeRate(
                        day(r["rate_date"]),
                        r["from_currency"],
                        r["to_currency"],
                        Decimal(r["rate"]),
                    )
                    for r in self.extract("exchange_rates")
                ],
            )
        )

    @cached_property
    def invoices(self):
        """Customer -> [(day, amount, whether it is a purchase)]; a credit note takes back."""
        invoices = defaultdict(list)
        for bill in self.books.bills:
            is_credit = bill.invoice_type == "credit_note"
            amount = -abs(bill.amount) if is_credit else bill.amount
            invoices[self.books.customer(bill.company_id)].append(
                (
                    bill.issued_on,
                    cents(amount * self.rates[bill.currency]),
                    not is_credit and amount > 0,
                )
            )
        return invoices

    def plan(self, customer, month):
        """A customer's main plan at a month's end, after it left the last one."""
        is_known = customer in self.books.balances
        return self.books.main_plan(customer, month) if is_known else None

    def customer_cut(self, customer, plan):
        """A customer's segments: channel and campaign of its first won deal, else first contact."""
        company = identified(customer)
        row = self.company_rows.get(customer, {})
        first_deal = self.first_won_deals.get(company)
        if first_deal:
            channel, campaign = first_deal["channel"], first_deal["campaign_name"]
        else:
            contact = self.first_contacts.get(company) or {}
            channel, campaign = contact.get("channel"), contact.get("campaign")
        return {
            "plan": plan or NONE,
            "industry": row.get("industry") or NONE,
            "country": row.get("country") or NONE,
            "channel": channel or NONE,
            "campaign": campaign or NONE,
            "owner": (first_deal and first_deal["owner_name"]) or NONE,
            "team": (first_deal and first_deal["team"]) or NONE,
        }

    @cached_property
    def company_rows(self):
        """Company id -> its row, also of those that were merged away or deleted."""
        return {row["hs_object_id"]: row for row in self.crm.company_rows}

    @cached_property
    def first_contacts(self):
        """Company -> the contact of it that was created first."""
        first = {}
        for number, contact in self.contacts.items():
            company = contact["company_id"]
            created = contact["created_at"]
            order = (created is None, created and created.astimezone(PARIS).date(), number)
            if company and (company not in first or order < first[company][0]):
                first[company] = (order, contact)
        return {company: contact for company, (_, contact) in first.items()}

    # -- periods -----------------------------------------------------------------------------------

    @cached_property
    def next_periods(self):
        """(grain, first day) -> last day, of the first period that has not begun."""
        periods = {}
        for grain, months in recurring.GRAINS.items():
            first = month_of(self.report)
            while first <= self.report or (first.month - 1) % months:
                first = add_months(first, 1)
            periods[grain, first] = add_months(first, months) - timedelta(days=1)
        return periods

    def is_in(self, on, period):
        return on is not None and period[1] <= on <= min(self.periods[period], self.report)

    def periods_with(self, on):
        """The periods that a day lies in, if it is reported."""
        if on is None or on > self.report:
            return []
        return [period for period in periods_of(on) if period in self.periods]

    def last_day(self, period):
        return min(self.periods_and_weeks[period], self.report)

    def summed(self, things, dimensions, amount):
        """(period, dimension, segment) -> sum; each segment of any period is in all of them.

        Things are (day, {dimension: segment}, ...); `amount` takes one.
        """
        sums = {(period, "all", "all"): Decimal(0) for period in self.periods}
        cuts = {(d, thing[1][d]) for thing in things for d in dimensions}
        sums.update({(period, *cut): Decimal(0) for period in self.periods for cut in cuts})
        for thing in things:
            for period in self.periods_with(thing[0]):
                sums[period, "all", "all"] += amount(thing)
                for dimension in dimensions:
                    sums[period, dimension, thing[1][dimension]] += amount(thing)
        return sums

    # -- costs -------------------------------------------------------------------------------------

    @cached_property
    def costs(self):
        """Every euro once: spend and pay in detail, and what the ledger has besides.

        Spend stands for the month's media entries of the ledger, and one difference brings it to
        their total. The ledger has no salaries: pay is beside it.
        """
        departments = {r["department"]: r["cost_function"] for r in self.reference("departments")}
        accounts = {r["account_code"]: r for r in self.reference("cost_accounts")}
        channels = {r["source"]: r["channel"] for r in self.reference("channels")}

        def cost(on, amount, category, department, function, **others):
            campaign = self.crm.campaigns.get(others.get("campaign"), {})
            source = others.get("source")
            channel = channels.get(source, source and source.lower())
            return {
                "on": on,
                "amount": amount,
                "category": category,
                "department": department or NONE,
                "function": function or departments.get(department, "general"),
                "is_media": others.get("is_media", False),
                "channel": channel or campaign.get("channel") or NONE,
                "campaign": campaign.get("campaign") or NONE,
                "owner": identified(others.get("owner")),
                "is_pay": category == "salaries",
            }

        spend, costs = defaultdict(list), []
        for row in self.extract("campaign_spend"):
            if day(row["spend_date"]) <= self.report:
                spend[month_of(day(row["spend_date"]))].append(row)
        booked = defaultdict(Decimal)
        for row in self.extract("expense_ledger"):
            on, account = day(row["booked_on"]), accounts[row["account_code"]]
            if on > self.report:
                continue
            amount = cents(Decimal(row["amount"]) * self.rates[row["currency"]])
            assert account["detailed_by"] != "payroll", "the demo's ledger has no salaries"
            if account["detailed_by"] == "campaign_spend" and spend.get(month_of(on)):
                booked[month_of(on)] += amount
                continue
            costs.append(
                cost(
                    on,
                    amount,
                    account["cost_category"],
                    row["department"],
                    account["cost_function"],
                    is_media=account["is_media"] == "true",
                    campaign=row["campaign_id"],
                    owner=row["owner_id"],
                )
            )
        for month, rows in spend.items():
            told = Decimal(0)
            for row in rows:
                amount = cents(Decimal(row["amount"]) * self.rates[row["currency"]])
                told += amount
                costs.append(
                    cost(
                        day(row["spend_date"]),
                        amount,
                        "advertising",
                        "Marketing",
                        "marketing",
                        is_media=True,
                        campaign=row["campaign_id"],
                        source=row["channel_source"],
                    )
                )
            left = booked[month] - told
            costs.append(cost(month, left, "advertising", "Marketing", "marketing", is_media=True))
        for row in self.extract("payroll"):
            month = day(row["payroll_month"])
            if month > self.report:
                continue
            pay = Decimal(row["gross_salary"]) + Decimal(row["employer_charges"] or 0)
            amount = cents(pay * self.rates[row["currency"]])
            owner = row["owner_id"] if identified(row["owner_id"]) in self.owners else None
            costs.append(cost(month, amount, "salaries", row["department"], None, owner=owner))
        return costs

    def cost_things(self, keep, dimensions=("channel", "campaign")):
        return [
            (c["on"], {d: c[d] for d in dimensions}, c["amount"]) for c in self.costs if keep(c)
        ]

    @staticmethod
    def is_shared(cost):
        """Costs shared by all: no media, and neither a channel's nor a campaign's."""
        return not cost["is_media"] and cost["channel"] == cost["campaign"] == NONE

    @staticmethod
    def is_marketing(cost):
        return cost["function"] == "marketing"

    @staticmethod
    def is_acquisition(cost):
        return cost["function"] in {"marketing", "sales"}

    @staticmethod
    def is_media(cost):
        return cost["is_media"]

    def marketing_spend(self):
        cells, dimensions = {}, ("channel", "campaign")
        # Both variants have the segments of all that marketing costs.
        things = [
            (c["on"], {d: c[d] for d in dimensions}, c)
            for c in self.costs
            if self.is_marketing(c) or self.is_media(c)
        ]
        for variant, keep in (("fully_loaded", self.is_marketing), ("media_only", self.is_media)):
            sums = self.summed(
                things, dimensions, lambda t, keep=keep: t[2]["amount"] if keep(t[2]) else 0
            )
            for (period, *cut), amount in sums.items():
                cells[variant, *period, *cut] = (amount, None, amount)
        return cells

    def operating_expenses(self):
        things = self.cost_things(
            lambda c: c["function"] not in NO_OPERATING_EXPENSES, ("category", "department")
        )
        sums = self.summed(things, ("category", "department"), lambda t: t[2])
        return {
            ("standard", *period, *cut): (amount, None, amount)
            for (period, *cut), amount in sums.items()
        }

    def operating_result(self):
        cells = {}
        opex = self.operating_expenses()
        for period in self.periods:
            mrr = sum(
                (
                    exact(amount)
                    for balances in self.books.balances.values()
                    for month, amount in balances.items()
                    if self.is_in(recurring.first_day(month), period)
                ),
                Decimal(0),
            )
            result = mrr - opex["standard", *period, "all", "all"][0]
            cells["amount", *period, "all", "all"] = (result, None, result)
            cells["margin", *period, "all", "all"] = (result, mrr, ratio(result, mrr))
        return cells

    # -- growth and what it costs ------------------------------------------------------------------

    @cached_property
    def first_balance(self):
        """The first month at whose end a customer pays."""
        return min(
            recurring.first_day(month)
            for balances in self.books.balances.values()
            for month, amount in balances.items()
            if amount > 0
        )

    def earlier(self, period):
        """The period of the same grain before this one, or None before the data."""
        grain, start = period
        before = (grain, add_months(start, -recurring.GRAINS[grain]))
        return before if before in self.periods else None

    def of_period(self, amounts, period):
        """The sum of the amounts, (day, amount), that lie in a period."""
        return sum((amount for on, amount in amounts if self.is_in(on, period)), Decimal(0))

    def moved(self, *movements):
        """[(month, amount)] of the movements of MRR of these names, or of all."""
        return [
            (recurring.first_day(month), exact(amount))
            for (_, month, movement, *_), amount in self.books.movements.items()
            if not movements or movement in movements
        ]

    def arr_gained(self, period, *movements):
        """ARR that moved in a period; unknown where it began before the first balance ended."""
        if period[1] < add_months(self.first_balance, 1):
            return None
        return 12 * self.of_period(self.moved(*movements), period)

    def recognised(self, period):
        return sum(
            (
                amount
                for months in self.served.values()
                for month, amount in months.items()
                if self.is_in(month, period)
            ),
            Decimal(0),
        )

    def magic_number(self):
        spent = [(c["on"], c["amount"]) for c in self.costs if self.is_acquisition(c)]
        cells = {}
        for period in self.periods:
            before = self.earlier(period)
            cost = before and self.of_period(spent, before)
            annual = before and 12 // recurring.GRAINS[period[0]]
            grown = before and (self.recognised(period) - self.recognised(before)) * annual
            for variant, gain in (("net_new_arr", self.arr_gained(period)), ("revenue", grown)):
                cells[variant, *period, "all", "all"] = (gain, cost, ratio(gain, cost))
        return cells

    def cac_ratio(self):
        spent = [(c["on"], c["amount"]) for c in self.costs if self.is_acquisition(c)]
        cells = {}
        for period in self.periods:
            cost = self.of_period(spent, period)
            for variant, movements in (
                ("new_customers", ["new"]),
                ("new_and_expansion", ["new", "expansion"]),
            ):
                arr = self.arr_gained(period, *movements)
                cells[variant, *period, "all", "all"] = (cost, arr, ratio(cost, arr))
        return cells

    def burn_multiple(self):
        """Money burnt over ARR gained: none where nothing was burnt or gained."""
        costs = [(c["on"], c["amount"]) for c in self.costs]
        running = [
            (c["on"], c["amount"]) for c in self.costs if c["function"] not in NO_OPERATING_EXPENSES
        ]
        bills = [(on, amount) for rows in self.invoices.values() for on, amount, _ in rows]
        balances = [
            (recurring.first_day(month), exact(amount))
            for months in self.books.balances.values()
            for month, amount in months.items()
        ]
        cells = {}
        for period in self.periods:
            arr = self.arr_gained(period)
            for variant, spent, came_in in (
                ("invoiced", costs, bills),
                ("operating", running, balances),
            ):
                burn = self.of_period(spent, period) - self.of_period(came_in, period)
                value = burn / arr if burn > 0 and arr is not None and arr > 0 else None
                cells[variant, *period, "all", "all"] = (burn, arr, value)
        return cells

    def rule_of_40(self):
        """Growth of a year plus margin, of MRR at month ends and of revenue as it is earned."""
        spent = self.operating_expenses()
        margins = self.operating_result()

        def mrr(end):
            """MRR at the end of the last month up to a day; unknown before the first balance."""
            month = month_of(end)
            if month < self.first_balance:
                return None
            return self.of_month(month)

        cells = {}
        for period in self.periods:
            grain, start = period
            a_year_ago = (grain, add_months(start, -12))
            is_known = a_year_ago in self.periods
            # The last day of a period of a year ago is its own: it is over.
            before = mrr(self.periods[a_year_ago]) if is_known else None
            now = mrr(self.last_day(period)) or Decimal(0)
            growth = rounded((now - before) / before) if before else None
            margin = rounded(margins["margin", *period, "all", "all"][2])
            revenue = self.recognised(period)
            earlier = self.recognised(a_year_ago) if is_known else None
            rise = rounded((revenue - earlier) / earlier) if earlier else None
            left = revenue - spent["standard", *period, "all", "all"][0]
            for variant, part, other in (
                ("mrr", growth, margin),
                ("revenue", rise, rounded(ratio(left, revenue))),
            ):
                score = None if part is None or other is None else part + other
                cells[variant, *period, "all", "all"] = (score, None, score)
        return cells

    def of_month(self, month):
        """MRR of all customers at the end of a month."""
        return sum(
            (
                exact(amount)
                for balances in self.books.balances.values()
                for at, amount in balances.items()
                if recurring.first_day(at) == month
            ),
            Decimal(0),
        )

    # -- costs of what they bring in ---------------------------------------------------------------

    def unit_costs(self, keep, entries, dimensions, is_spread, segments=None):
        """(period, dimension, segment) -> (cost, entries), shared costs borne by all alike.

        `entries` are (day, {dimension: segment}); `segments` are further things whose segments
        are shown.
        """
        costs = self.summed(self.cost_things(keep, dimensions), dimensions, lambda t: t[2])
        common = self.common_costs(keep)
        counts = self.summed(entries, dimensions, lambda t: 1)
        shown = {(d, s) for _, d, s in [*costs, *counts, *(segments or ())]}
        cells = {}
        for period in self.periods:
            for dimension in ("all", *dimensions):
                names = {s for d, s in shown if d == dimension}
                direct = {s: costs.get((period, dimension, s), Decimal(0)) for s in names}
                weights = {s: counts.get((period, dimension, s), Decimal(0)) for s in names}
                if is_spread and dimension != "all":
                    direct[NONE] = direct.get(NONE, Decimal(0)) - common[period]
                    direct = spread(direct, common[period], weights)
                for name in names | set(direct):
                    cells[period, dimension, name] = (
                        direct.get(name, Decimal(0)),
                        weights.get(name, Decimal(0)),
                    )
        return cells

    def common_costs(self, keep):
        """Period -> what is shared of the costs."""
        things = self.cost_things(lambda c: keep(c) and self.is_shared(c), ())
        return {period: c for (period, *_), c in self.summed(things, (), lambda t: t[2]).items()}

    def entries(self, stage):
        return [
            (contact[stage], {d: contact[d] for d in ("channel", "campaign")})
            for contact in self.contacts.values()
            if contact[stage]
        ]

    @staticmethod
    def per_unit(cost, count):
        """Without spending there is no price, and a refund makes no price below 0."""
        return (cost, count, ratio(cost, count) if cost > 0 else None)

    def created_deals(self, is_counted=lambda deal: True):
        """Deals by their creation, as entries: (day, {dimension: segment})."""
        return [
            (
                deal["created_date"],
                {"channel": deal["channel"] or NONE, "campaign": deal["campaign_name"] or NONE},
            )
            for deal in self.deals.values()
            if deal["created_date"] and is_counted(deal)
        ]

    def prices(self, keep, entries, segments=None):
        """Variant -> the cost, the entries of that variant, and the price of one of them."""
        cells, dimensions = {}, ("channel", "campaign")
        for variant, things in entries.items():
            parts = self.unit_costs(keep, things, dimensions, True, segments)
            for (period, *cut), (cost, count) in parts.items():
                cells[variant, *period, *cut] = self.per_unit(cost, count)
        return cells

    @cached_property
    def funnel_segments(self):
        """Whoever enters a stage is a contact of the funnel: its segments are shown."""
        return self.summed(self.entries("lead"), ("channel", "campaign"), lambda t: 1)

    def cost_per_lead(self):
        entries = self.entries("lead")
        cells = self.prices(
            self.is_marketing,
            {"fully_loaded": entries, "strict": self.entries("own_lead")},
            self.funnel_segments,
        )
        full = self.unit_costs(self.is_marketing, entries, ("channel", "campaign"), True)
        media = self.unit_costs(
            self.is_media, entries, ("channel", "campaign"), False, segments=full
        )
        for (period, *cut), (cost, count) in media.items():
            cells["media_only", *period, *cut] = self.per_unit(cost, count)
        return cells

    @staticmethod
    def with_total(cells, default):
        """Add the variant `total`: what the default variant divides."""
        totals = {
            ("total", *key): (cost, None, cost)
            for (variant, *key), (cost, _, _) in cells.items()
            if variant == default
        }
        return cells | totals

    def cost_per_stage(self, stage):
        entries = {"average": self.entries(stage), "strict": self.entries(f"own_{stage}")}
        return self.with_total(
            self.prices(self.is_marketing, entries, self.funnel_segments), "average"
        )

    def cost_per_mql(self):
        return self.cost_per_stage("mql")

    def cost_per_sql(self):
        return self.cost_per_stage("sql")

    def cost_per_opportunity(self):
        deals = self.created_deals()
        entries = {
            "deals": deals,
            "new_business": self.created_deals(lambda deal: self.customer_type(deal) == "new"),
            "contacts": self.entries("opportunity"),
            "contacts_strict": self.entries("own_opportunity"),
        }
        of_deals = self.summed(deals, ("channel", "campaign"), lambda t: 1)
        segments = [*self.funnel_segments, *of_deals]
        return self.with_total(self.prices(self.is_acquisition, entries, segments), "deals")

    def customer_acquisition_cost(self):
        won = list(self.first_won_deals.values())
        by_marketing = [d for d in won if self.is_marketings(self.touches_of(d)[0]["channel"])]
        everybody, touched = (
            [
                (
                    d["closed_date"],
                    {"channel": d["channel"] or NONE, "campaign": d["campaign_name"] or NONE},
                )
                for d in deals
            ]
            for deals in (won, by_marketing)
        )
        cuts = ("channel", "campaign")
        full = self.unit_costs(self.is_acquisition, everybody, cuts, True)
        cells = {}
        for variant, parts in (
            ("fully_loaded", full),
            ("marketing", self.unit_costs(self.is_marketing, touched, cuts, True, full)),
            ("media_only", self.unit_costs(self.is_media, everybody, cuts, False, full)),
        ):
            for (period, *cut), (cost, count) in parts.items():
                cells[variant, *period, *cut] = self.per_unit(cost, count)
        return cells

    # -- touches and return on marketing -----------------------------------------------------------

    @cached_property
    def marketing_channels(self):
        """The channels of which every source is marketing's."""
        sources = defaultdict(list)
        for row in self.reference("channels"):
            sources[row["channel"]].append(row["is_marketing"] == "true")
        return {channel for channel, flags in sources.items() if all(flags)}

    def is_marketings(self, channel):
        return channel in self.marketing_channels

    def touches_of(self, deal):
        """The touches of all contacts of a deal up to the day of its closing, first to last.

        A deal without any has one of its own, of its primary contact's source.
        """
        until = deal["closed_date"] or self.report
        touches = [
            touch
            for contact in self.crm.contacts_of_deals.get(deal["deal_id"].removeprefix("demo:"), [])
            for touch in self.visits.touches_of.get(contact, ())
            if touch["on"] <= until
        ]
        if touches:
            return sorted(touches, key=lambda t: (t["at"], t["touch_id"]))
        return [{"channel": deal["channel"], "campaign": deal["campaign_name"]}]

    @cached_property
    def payments(self):
        """(campaign or channel) -> month -> what marketing paid for it, if more than 0."""
        payments = defaultdict(lambda: defaultdict(Decimal))
        for c in self.costs:
            if self.is_marketing(c) and self.paid_for(c):
                payments[self.paid_for(c)][month_of(c["on"])] += c["amount"]
        return {
            bought: {month: amount for month, amount in months.items() if amount > 0}
            for bought, months in payments.items()
        }

    @staticmethod
    def paid_for(thing):
        for kind in ("campaign", "channel"):
            if thing[kind] != NONE:
                return (kind, thing[kind])
        return None

    @cached_property
    def campaigns_with_an_end(self):
        return {c["campaign"] for c in self.crm.campaigns.values() if c["end"]}

    def came(self, deal, touch):
        """The day of a touch; of the unseen, when the CRM first knew of the contact or deal."""
        on = touch.get("on")
        contact = next(
            iter(self.crm.contacts_of_deals.get(deal["deal_id"].removeprefix("demo:"), [])), None
        )
        if not on and contact:
            created = self.contacts[identified(contact)]["created_at"]
            on = created and created.astimezone(PARIS).date()
        return min(on or deal["created_date"] or deal["closed_date"], deal["closed_date"])

    def months_of_spend(self, bought, came):
        """The months that paid for a touch, each with its part of it in millionths.

        A campaign with an end is paid as a whole, in proportion to its payments. All else is paid
        by the last payment up to the touch, or by nothing but the month itself.
        """
        months = self.payments.get(bought, {})
        before = [m for m in months if m <= month_of(came)]
        if not bought or bought[1] not in self.campaigns_with_an_end or not months:
            return {max(before, default=month_of(came)): Decimal(1)}
        whole = sum(months.values())
        parts = {
            m: (amount / whole).quantize(MILLIONTH, "ROUND_DOWN") for m, amount in months.items()
        }
        nearest = max(before) if before else min(months)
        parts[nearest] += 1 - sum(parts.values())
        return parts

    @staticmethod
    def decayed(touches):
        """The part of each touch: half with every week before the last, which has the remainder."""
        if len(touches) == 1:
            return [Decimal(1)]
        days = [(touches[-1]["on"] - touch["on"]).days for touch in touches]
        weights = [
            (Decimal(2) ** (Decimal(-age) / HALF_LIFE)).quantize(Decimal("1e-9")) for age in days
        ]
        parts = [(w / sum(weights)).quantize(MILLIONTH, "ROUND_DOWN") for w in weights[:-1]]
        return [*parts, 1 - sum(parts)]

    @staticmethod
    def placed(touches):
        """The part of each touch: 40 % for the ends, 20 % for those between, else halves."""
        between = len(touches) - 2
        if between < 1:
            return [Decimal(1) / len(touches)] * len(touches)
        whole, extra = divmod(200_000, between)
        middle = [whole] * (between - extra) + [whole + 1] * extra
        return [part * MILLIONTH for part in (400_000, *middle, 400_000)]

    @cached_property
    def credits(self):
        """Variant -> [(day or month, cuts, amount, day of the win, part of a deal)]."""
        credits = defaultdict(list)
        for deal in self.deals.values():
            if not deal["is_won"] or not deal["closed_date"]:
                continue
            touches, amount = self.touches_of(deal), deal["deal_amount"] or Decimal(0)
            count = len(touches)
            # Equal shares in millionths; what is left of the deal are the last touches'.
            share = (Decimal(1) / count).quantize(MILLIONTH, "ROUND_DOWN")
            extra = int((1 - share * count) / MILLIONTH)
            decayed, placed = self.decayed(touches), self.placed(touches)
            for place, touch in enumerate(touches, 1):
                if not self.is_marketings(touch["channel"]):
                    continue
                cut = {
                    "channel": touch["channel"] or NONE,
                    "campaign": touch["campaign"] or NONE,
                    "customer_type": self.customer_type(deal),
                }
                shares = {
                    "first_touch": Decimal(place == 1),
                    "last_touch": Decimal(place == count),
                    "linear": share + (MILLIONTH if place > count - extra else 0),
                    "time_decay": decayed[place - 1],
                    "position_based": placed[place - 1],
                }
                months = self.months_of_spend(self.paid_for(cut), self.came(deal, touch))
                for variant, part in shares.items():
                    closed = deal["closed_date"]
                    credits[variant].append((closed, cut, amount * part, closed, part))
                    credits[f"{variant}_of_spend"] += [
                        (month, cut, amount * part * portion, closed, part * portion)
                        for month, portion in months.items()
                    ]
        return credits

    def marketing_roi(self):
        spending, dimensions = ("channel", "campaign"), ("channel", "campaign", "customer_type")
        spent = self.summed(self.cost_things(self.is_marketing, spending), spending, lambda t: t[2])
        cells, common = {}, self.common_costs(self.is_marketing)
        shown = {(d, s) for _, d, s in spent}
        credited = {
            variant: self.summed(things, dimensions, lambda t: t[2])
            for variant, things in self.credits.items()
        }
        for sums in credited.values():
            shown |= {(d, s) for _, d, s in sums}
        for period in self.periods:
            for dimension in ("all", *dimensions):
                names = {s for d, s in shown if d == dimension}
                costs = {s: spent.get((period, dimension, s), Decimal(0)) for s in names}
                if dimension == "customer_type":
                    # Marketing does not pay for one or the other: the whole is against each.
                    costs = dict.fromkeys(names, spent[period, "all", "all"])
                elif dimension != "all":
                    costs[NONE] = costs.get(NONE, Decimal(0)) - common[period]
                    costs = spread(costs, common[period], dict(costs))
                for variant, sums in credited.items():
                    for name in names | set(costs):
                        cost = costs.get(name, Decimal(0))
                        gain = sums.get((period, dimension, name), Decimal(0)) - cost
                        value = ratio(gain, cost) if cost > 0 else None
                        cells[variant, *period, dimension, name] = (gain, cost, value)
        return cells

    @cached_property
    def days_to_win(self):
        """Variant of the return on spend -> days after which nine in ten of its deals were won."""
        days = {}
        for variant, things in self.credits.items():
            waited = sorted((max((closed - on).days, 0), part) for on, _, _, closed, part in things)
            whole, so_far = sum(part for _, part in waited), Decimal(0)
            for wait, part in waited:
                so_far += part
                if 10 * so_far >= 9 * whole:
                    days[variant] = wait
                    break
        return days

    def is_provisional(self, kpi, variant, period_end):
        wait = 0
        if kpi == "marketing_roi" and variant.endswith("_of_spend"):
            wait = self.days_to_win[variant]
        if kpi == "stage_conversion_rate":
            wait = self.days_to_go_on[variant]
        return period_end + timedelta(days=wait) > self.report

    # -- reps --------------------------------------------------------------------------------------

    def rep_yield(self):
        """Signed amounts and costs of reps; its people share the common costs of sales equally.

        A month in which a rep was not paid is left out, whatever was signed in it.
        """
        signed, cost, told = defaultdict(Decimal), defaultdict(Decimal), set()
        paid, shared = defaultdict(set), defaultdict(Decimal)
        for deal in self.deals.values():
            if deal["is_won"] and deal["closed_date"] and deal["owner_id"] in self.owners:
                signed[month_of(deal["closed_date"]), deal["owner_id"]] += deal["deal_amount"] or 0
        sales_pay = defaultdict(Decimal)
        for c in self.costs:
            month = month_of(c["on"])
            if c["owner"]:
                cost[month, c["owner"]] += c["amount"]
                if c["is_pay"]:
                    told.add((month, c["owner"]))
                if c["is_pay"] and c["function"] == "sales":
                    sales_pay[month, c["owner"]] += c["amount"]
            elif c["function"] == "sales":
                shared[month] += c["amount"]
        for (month, owner), amount in sales_pay.items():
            if amount > 0:
                paid[month].add(owner)
        for month, owners in paid.items():
            for owner in owners:
                cost[month, owner] += shared[month] / len(owners)
        things = []
        for month, owner in signed.keys() | cost.keys():
            person, is_told = self.owners[owner], (month, owner) in told
            if person["role"] is None or person["role"] in REP_ROLES:
                cut = self.person_cut(owner, month_end(month))
                amounts = (signed[month, owner], cost[month, owner]) if is_told else (0, 0)
                things.append((month, cut, *amounts, int(is_told)))
        signed, cost, months = (
            self.summed(things, ("owner", "team"), lambda t, at=at: t[at]) for at in (2, 3, 4)
        )
        cells = {}
        for (period, *cut), amount in signed.items():
            if not months[period, *cut]:
                cells["amount", *period, *cut] = (None, None, None)
                cells["multiple", *period, *cut] = (None, None, None)
                continue
            spent = cost[period, *cut]
            left = amount - spent
            cells["amount", *period, *cut] = (left, None, left)
            cells["multiple", *period, *cut] = (amount, spent, ratio(amount, spent))
        return cells

    # -- the pipeline as it stood ------------------------------------------------------------------

    @cached_property
    def stages(self):
        return {(identified(r["pipeline_id"]), r["stage_id"]): r for r in self.extract("pipelines")}

    def stage(self, pipeline, stage):
        """The stage in the deal's own pipeline, else in the one that it was moved from."""
        own = self.stages.get((pipeline, stage))
        others = [r for (_, s), r in sorted(self.stages.items()) if s == stage]
        return own or others[0]

    @cached_property
    def stage_entries(self):
        """Deal -> [(day, stage)], first to last; what was merged away leaves no history."""
        entries = defaultdict(list)
        for row in self.extract("deal_stage_history"):
            deal = self.deals.get(identified(row["deal_id"]))
            if deal and paris_day(row["entered_at"]) <= self.report:
                stage = self.stage(deal["pipeline_id"], row["dealstage"])
                entries[deal["deal_id"]].append(
                    (
                        moment(row["entered_at"]),
                        int(stage["display_order"]),
                        row["entered_at"],
                        stage,
                    )
                )
        return {
            deal: [
                (paris_day(text), stage) for _, _, text, stage in sorted(rows, key=lambda r: r[:2])
            ]
            for deal, rows in entries.items()
        }

    @cached_property
    def spans(self):
        """Basis -> deal -> [(first open day, day of closing or None, whether that was a win)]."""
        return {"as_known": self.known_spans(), "as_seen": self.seen_spans()}

    def seen_spans(self):
        """As the CRM showed each deal in the evening, from the first row that it wrote of it.

        A closing is a win if the deal stood in a won stage that evening, whatever became of it.
        """
        spans = {}
        for deal_id, deal in self.deals.items():
            evenings = dict(self.stage_entries[deal_id])
            first = min(deal["created_date"], *evenings, *self.written[deal_id])
            shown = []
            for on, stage in evenings.items():
                is_closed = stage["is_closed"] == "true"
                if not shown:
                    shown = [(first, None, False)]
                if is_closed and shown[-1][1] is None:
                    shown[-1] = (shown[-1][0], on, stage["is_won"] == "true")
                elif not is_closed and shown[-1][1] is not None:
                    shown.append((on, None, False))
            # Nothing is closed today without an entry that says so, and nothing is open again.
            assert (shown[-1][1] is not None) == deal["is_closed"]
            spans[deal_id] = shown
        return spans

    @cached_property
    def written(self):
        """Deal -> the days on which one of its properties was written."""
        written = defaultdict(set)
        for row in self.extract("deal_property_history"):
            written[identified(row["deal_id"])].add(paris_day(row["changed_at"]))
        return written

    def known_spans(self):
        """By the deal's own days: created or reopened, to closed.

        A deal whose closing lies before its creation, a typing error, was open on no day: it came
        and went on the day of its closing, on which its win counts.
        """
        spans = {}
        for deal_id, deal in self.deals.items():
            entries = self.stage_entries.get(deal_id, [])
            opened = deal["created_date"] or (entries[0][0] if entries else None)
            if opened is None:
                opened = deal["closed_date"] if deal["is_closed"] else self.report
            starts, ends, is_open = [opened], [], True
            for on, stage in entries:
                if stage["is_closed"] == "true" and is_open:
                    ends.append(on)
                    is_open = False
                elif stage["is_closed"] != "true" and not is_open:
                    starts.append(on)
                    is_open = True
            if deal["is_closed"] and deal["closed_date"] is None:
                spans[deal_id] = []
                continue
            # The last closing is the official one.
            ends = [*ends[: len(starts) - 1], deal["closed_date"] if deal["is_closed"] else None]
            # A closing that was taken back is none that was won.
            spans[deal_id] = [
                (
                    start if end is None else min(start, end),
                    end,
                    deal["is_won"] and number == len(starts),
                )
                for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
            ]
        return spans

    @cached_property
    def deal_stages(self):
        """Each open stage that a deal has reached, with its days, as its history tells the way.

        A skipped stage is reached by the step over it. A win is the last step of whatever stage
        the deal was in, and a deal that nobody entered anywhere has no way.
        """
        return [
            found
            for deal_id, deal in self.deals.items()
            if (way := self.way_of(deal_id))
            for found in self.stages_on(way, deal)
        ]

    def way_of(self, deal_id):
        """The stages of a deal, one after the other, with the days on which it entered them."""
        way = []
        for on, stage in self.stage_entries.get(deal_id, []):
            if not way or way[-1][1] is not stage:
                way.append((on, stage))
        return way

    def stages_on(self, way, deal):
        last_day, last_stage = way[-1]
        won = None
        if deal["is_won"]:
            is_seen = last_stage["is_won"] == "true"
            won = last_day if is_seen else max(deal["closed_date"] or last_day, last_day)
        # Where each step ends: with the next one, or with a closing that the history lacks.
        ends = [on for on, _ in way[1:]]
        closed = deal["is_closed"] and last_stage["is_closed"] != "true" and deal["closed_date"]
        ends.append(max(closed, last_day) if closed else None)
        for (pipeline, _), stage in self.stages.items():
            if stage["is_closed"] == "true":
                continue
            order = int(stage["display_order"])
            own = [place for place, (_, other) in enumerate(way) if other is stage]
            beyond = [
                place
                for place, (_, other) in enumerate(way)
                if other["pipeline_id"] == stage["pipeline_id"]
                and other["is_closed"] != "true"
                and int(other["display_order"]) > order
            ]
            over = [way[place][0] for place in beyond]
            if won and deal["pipeline_id"] == pipeline:
                over.append(won)
            if not own and (not over or stage["archived"] == "true"):
                continue
            entered = min([*(way[place][0] for place in own), *over])
            further = [way[place][0] for place in beyond] + ([won] if won else [])
            after = [way[place][0] for place in beyond if own and place > own[0]]
            after += [won] if own and won else []
            left = [ends[place] for place in own]
            is_gone = bool(left) and None not in left
            yield {
                "cuts": self.stage_cuts(deal, stage),
                "entered": entered,
                "went_on": min(further, default=None),
                "own_entered": way[own[0]][0] if own else None,
                "own_went_on": min(after, default=None),
                "left": max(left) if is_gone else None,
                "days": sum((ends[place] - way[place][0]).days for place in own)
                if is_gone
                else None,
            }

    def stage_cuts(self, deal, stage):
        """The segments of a deal in a stage: the pipeline is that of the stage."""
        asked = ("owner", "team", "channel", "plan", "industry", "country", "customer_type")
        name = stage["pipeline_label"]
        return [
            *(cut for cut in self.velocity_cuts(deal) if cut[0] in ("all", *asked)),
            ("pipeline", name),
            ("pipeline_stage", f"{name} / {stage['stage_label']}"),
        ]

    def stages_by(self, when):
        """(period, cut) -> the stages of deals whose day of that kind lies in the period."""
        everything = {cut for found in self.deal_stages for cut in found["cuts"]}
        groups = {
            (*period, *cut): [] for period, cut in product(self.periods_and_weeks, everything)
        }
        for found in self.deal_stages:
            if found[when]:
                for period in periods_of(found[when]):
                    for cut in found["cuts"]:
                        groups[(*period, *cut)].append(found)
        return groups

    def stage_conversion_rate(self):
        entered, strict, gone = (
            self.stages_by(when) for when in ("entered", "own_entered", "went_on")
        )
        cells = {}
        for cell, found in entered.items():
            in_time = [
                each
                for each in found
                if each["went_on"] and each["went_on"] - each["entered"] <= HORIZON
            ]
            own = strict[cell]
            for variant, upper, lower in (
                ("cohort", sum(bool(each["went_on"]) for each in found), len(found)),
                ("cohort_90_days", len(in_time), len(found)),
                ("period", len(gone[cell]), len(found)),
                ("strict", sum(bool(each["own_went_on"]) for each in own), len(own)),
            ):
                cells[(variant, *cell)] = (upper, lower, ratio(Decimal(upper), lower))
        return cells

    @cached_property
    def days_to_go_on(self):
        """Variant -> days until nine in ten of the steps seen had been taken."""
        return {
            variant: waiting_time(self.deal_stages, *days).days
            for variant, days in {
                "cohort": ("entered", "went_on"),
                "strict": ("own_entered", "own_went_on"),
            }.items()
        } | {"cohort_90_days": HORIZON.days, "period": 0}

    def time_in_stage(self):
        cells = {}
        for cell, found in self.stages_by("left").items():
            days = [Decimal(each["days"]) for each in found]
            whole = sum(days, Decimal(0))
            middle = median(days) if days else None
            cells[("mean", *cell)] = (whole, len(days), ratio(whole, len(days)))
            cells[("median", *cell)] = (None, len(days), middle)
        return cells

    def is_open(self, deal_id, on, basis="as_known"):
        return any(
            start <= on and (end is None or on < end)
            for start, end, _ in self.spans[basis][deal_id]
        )

    @cached_property
    def changes(self):
        """(deal, property) -> days and values: the last of each day, and at the end today's."""
        texts = defaultdict(list)
        for row in self.extract("deal_property_history"):
            deal_id = identified(row["deal_id"])
            if deal_id in self.deals and paris_day(row["changed_at"]) <= self.report:
                texts[deal_id, row["property"]].append((moment(row["changed_at"]), row))
        changes = {}
        for row in self.extract("deals"):
            deal_id = identified(row["hs_object_id"])
            if deal_id not in self.deals:
                continue
            rate = self.rates[row["deal_currency_code"] or "EUR"]
            for name, column in (("amount", "amount"), ("closedate", "closedate")):
                by_day = {}
                for _, change in sorted(texts[deal_id, name], key=lambda c: c[0]):
                    by_day[paris_day(change["changed_at"])] = change["value"]
                by_day = by_day or {date.min: row[column]}
                by_day[max(by_day)] = row[column]
                values = [
                    day(text)
                    if name == "closedate"
                    else (cents(Decimal(text) * rate) if text else None)
                    for text in by_day.values()
                ]
                changes[deal_id, name] = (list(by_day), values)
        return changes

    def value(self, deal_id, name, on):
        """The value of the deal at the end of the day; the first value holds before it was
        written."""
        days, values = self.changes[deal_id, name]
        return values[max(bisect_right(days, on) - 1, 0)]

    def amount(self, deal_id, on):
        return self.value(deal_id, "amount", on) or Decimal(0)

    def stage_on(self, deal_id, on):
        deal, entries = self.deals[deal_id], self.stage_entries.get(deal_id, [])
        if not entries:
            own = (deal["pipeline_id"], deal["stage_id"])
            return None if deal["is_closed"] else self.stages[own]
        entered = [stage for entry, stage in entries if entry <= on]
        if not entered or entered[-1]["is_closed"] == "true":
            return None
        return entered[-1]

    @cached_property
    def deal_rows(self):
        return {identified(r["hs_object_id"]): r for r in self.crm.deal_rows}

    def deal_cut(self, deal_id, on):
        """The segments of a deal in the evening of a day."""
        deal = self.deals[deal_id]
        owner = self.crm.owner_on(self.deal_rows[deal_id], on)
        return {
            **self.person_cut(owner, on),
            "channel": deal["channel"] or NONE,
            "plan": deal["plan"] or NONE,
            "pipeline": deal["pipeline_name"] or NONE,
            "industry": deal["industry"] or NONE,
            "country": deal["country"] or NONE,
            "customer_type": self.customer_type(deal),
        }

    def customer_type(self, deal):
        """The CRM's value, else whether the company had won a deal before this one began."""
        if deal["deal_type"]:
            return {"newbusiness": "new", "existingbusiness": "existing"}[deal["deal_type"]]
        began = deal["created_date"] or deal["closed_date"]
        return (
            "existing"
            if any(
                on < began and deal_id != deal["deal_id"]
                for on, deal_id in self.wins.get(deal["company_id"], ())
            )
            else "new"
        )

    @cached_property
    def wins(self):
        """Company -> [(day, deal)] of the deals that it won."""
        wins = defaultdict(list)
        for deal in self.deals.values():
            if deal["is_won"] and deal["company_id"] and deal["closed_date"]:
                wins[deal["company_id"]].append((deal["closed_date"], deal["deal_id"]))
        return wins

    def pipeline_created(self):
        """The deals created in each period, by their amounts of today and of that evening."""
        created = [deal for deal in self.deals.values() if deal["created_date"]]
        cuts = {cut for deal in self.deals.values() for cut in self.velocity_cuts(deal)}
        groups = {(*period, *cut): [] for period, cut in product(self.periods_and_weeks, cuts)}
        for deal in created:
            on = deal["created_date"]
            amounts = (deal["deal_amount"], self.value(deal["deal_id"], "amount", on))
            for period in periods_of(on):
                for cut in self.velocity_cuts(deal):
                    groups[(*period, *cut)].append(amounts)
        cells = {}
        for cell, members in groups.items():
            for variant, figure in (
                ("amount", known_sum(now for now, _ in members)),
                ("deals", len(members)),
                ("amount_at_creation", known_sum(then for _, then in members)),
            ):
                cells[(variant, *cell)] = (figure, None, figure)
        return cells

    def open_pipeline(self):
        dimensions = (
            *("owner", "team", "stage", "pipeline", "channel", "plan"),
            *("industry", "country", "customer_type"),
        )
        ends = {period: self.last_day(period) for period in self.periods_and_weeks}
        open_deals = {}
        for on, basis in product(set(ends.values()), self.spans):
            rows = open_deals[on, basis] = []
            for deal_id in self.deals:
                if self.is_open(deal_id, on, basis):
                    stage = self.stage_on(deal_id, on)
                    cut = self.deal_cut(deal_id, on) | {
                        "stage": stage["stage_label"] if stage else NONE
                    }
                    amount = self.value(deal_id, "amount", on)
                    weight = Decimal(stage["probability"]) if stage else Decimal(0)
                    rows.append((cut, amount, None if amount is None else amount * weight))
        cuts = {(d, r[0][d]) for rows in open_deals.values() for r in rows for d in dimensions}
        cells = {}
        for period, on in ends.items():
            for variant, basis, at in (
                ("unweighted", "as_known", 1),
                ("weighted", "as_known", 2),
                ("unweighted_as_seen", "as_seen", 1),
                ("weighted_as_seen", "as_seen", 2),
            ):
                for dimension, segment in {("all", "all"), *cuts}:
                    amount = known_sum(
                        r[at]
                        for r in open_deals[on, basis]
                        if dimension == "all" or r[0][dimension] == segment
                    )
                    cells[variant, *period, dimension, segment] = (amount, None, amount)
        return cells

    def sales_velocity(self):
        """Open deals at the period's end, and win rate, size and cycle of a year up to then."""
        cells, cuts = (
            {},
            {deal_id: self.velocity_cuts(deal) for deal_id, deal in self.deals.items()},
        )
        everything = {cut for of_deal in cuts.values() for cut in of_deal}
        for period in self.periods_and_weeks:
            first, last = self.year_up_to(period)
            parts = {cut: defaultdict(list) for cut in everything}
            for deal_id, deal in self.deals.items():
                is_open = self.is_open(deal_id, self.last_day(period))
                if is_open or (deal["closed_date"] and first <= deal["closed_date"] <= last):
                    for cut in cuts[deal_id]:
                        parts[cut]["open" if is_open else "closed"].append(deal)
            for cut, part in parts.items():
                won = [deal for deal in part["closed"] if deal["is_won"]]
                sizes, cycles = (
                    [Decimal(deal[name]) for deal in won if deal[name] is not None]
                    for name in ("deal_amount", "cycle_days")
                )
                factors = [
                    ratio(Decimal(len(won)), len(part["closed"])),
                    ratio(sum(sizes), len(sizes)),
                ]
                cycle = rounded(ratio(sum(cycles), len(cycles)))
                upper = None
                if None not in factors:
                    upper = len(part["open"]) * rounded(factors[0]) * rounded(factors[1])
                cells["standard", *period, *cut] = (upper, cycle, ratio(upper, cycle))
        return cells

    def year_up_to(self, period):
        """The first and the last day of the twelve months up to a period, or of 52 weeks."""
        if period[0] == "week":
            return period[1] - timedelta(weeks=51), self.periods_and_weeks[period]
        month = month_of(self.last_day(period))
        return add_months(month, -11), month_end(month)

    def velocity_cuts(self, deal):
        """The segments of a deal, with one owner for good: that of its closing, or today's."""
        words = {"newbusiness": "new_business", "existingbusiness": "existing_business"}
        cuts = {
            "owner": deal["owner_name"],
            "team": deal["team"],
            "channel": deal["channel"],
            "campaign": deal["campaign_name"],
            "plan": deal["plan"],
            "pipeline": deal["pipeline_name"],
            "industry": deal["industry"],
            "country": deal["country"],
            "customer_type": self.customer_type(deal),
            "deal_type": words.get(deal["deal_type"]),
        }
        return [("all", "all"), *((name, segment or NONE) for name, segment in cuts.items())]

    @cached_property
    def quotas(self):
        """[(month, cut, a third of the quarter's quota)]."""
        quotas = []
        for row in self.extract("quotas"):
            amount = cents(Decimal(row["quota_amount"]) * self.rates[row["currency"]])
            for later in range(3):
                month = add_months(day(row["quarter_start"]), later)
                cut = self.person_cut(identified(row["owner_id"]), month_end(month))
                quotas.append((month, cut, amount / 3))
        return quotas

    @cached_property
    def won_by_owner(self):
        """(owner, month) -> the amount that the owner won in it."""
        won = defaultdict(Decimal)
        for deal in self.deals.values():
            if deal["is_won"] and deal["closed_date"]:
                won[deal["owner_id"], month_of(deal["closed_date"])] += deal["deal_amount"] or 0
        return won

    def quota_attainment(self):
        """Wins of reps in the months of their quotas, and how many reached those of a period."""
        won, months = self.won_by_owner, defaultdict(dict)
        for row in self.extract("quotas"):
            owner = identified(row["owner_id"])
            amount = cents(Decimal(row["quota_amount"]) * self.rates[row["currency"]])
            for later in range(3):
                month = add_months(day(row["quarter_start"]), later)
                cut = self.person_cut(owner, month_end(month))
                months[owner][month] = (amount / 3, won[owner, month], cut)
        cuts = {("all", "all")} | {
            pair for of in months.values() for *_, cut in of.values() for pair in cut.items()
        }
        cells = {}
        for period, end in self.periods.items():
            sums = {cut: [Decimal(0)] * 4 for cut in cuts}
            for of in months.values():
                inside = [of[month] for month in sorted(of) if period[1] <= month <= end]
                goal, signed = sum(each[0] for each in inside), sum(each[1] for each in inside)
                for each in inside:
                    for cut in [("all", "all"), *each[2].items()]:
                        sums[cut][0] += each[1]
                        sums[cut][1] += each[0]
                for cut in [("all", "all"), *inside[-1][2].items()] if goal else []:
                    sums[cut][2] += signed > goal - CENT
                    sums[cut][3] += 1
            for cut, (signed, goal, reached, reps) in sums.items():
                cells["amount", *period, *cut] = (signed, goal, ratio(signed, goal))
                cells["reps_at_quota", *period, *cut] = (reached, reps, ratio(reached, reps))
        return cells

    @property
    def ramp(self):
        path = self.root / "seeds" / "reference" / "rep_ramp.csv"
        with path.open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def ramped_rep_yield(self):
        """Wins per month with a quota: one of a new rep counts for a part, by tenure."""
        steps = [(int(r["from_month"]), Decimal(r["ramp_share"])) for r in self.ramp]
        first_days = defaultdict(list)
        for row in self.crm.owner_rows:
            first_days[identified(row["id"])].append(paris_day(row["created_at"]))
        for row in self.crm.owner_period_rows:
            first_days[identified(row["owner_id"])].append(day(row["valid_from"]))
        won, things = self.won_by_owner, []
        for row in self.extract("quotas"):
            owner = identified(row["owner_id"])
            for later in range(3):
                month = add_months(day(row["quarter_start"]), later)
                begun = min(first_days[owner])
                tenure = max((month.year - begun.year) * 12 + month.month - begun.month, 0)
                share = max((since, part) for since, part in steps if since <= tenure)[1]
                if month <= self.report:
                    cut = self.person_cut(owner, month_end(month))
                    things.append((month, cut, won[owner, month], Decimal(1), share))
        signed, reps, ramped = (
            self.summed(things, ("owner", "team"), lambda t, at=at: t[at]) for at in (2, 3, 4)
        )
        cells = {}
        for (period, *cut), amount in signed.items():
            for variant, sums in (("ramped_reps", ramped), ("all_reps", reps)):
                months = sums[period, *cut]
                cells[variant, *period, *cut] = (amount, months, ratio(amount, months))
        return cells

    def due(self, on, since, end):
        """[(cut, amount)] of the deals that are open on a day and then due between two others."""
        rows = []
        for deal_id in self.deals:
            if self.is_open(deal_id, on):
                close = self.value(deal_id, "closedate", on)
                if close and since <= close <= end:
                    rows.append((self.deal_cut(deal_id, on), self.value(deal_id, "amount", on)))
        return rows

    def pipeline_coverage(self):
        dimensions = ("owner", "team")
        eve = timedelta(days=1)
        won = [
            (
                d["closed_date"],
                self.deal_cut(d["deal_id"], d["closed_date"]),
                d["deal_amount"] or Decimal(0),
            )
            for d in self.deals.values()
            if d["is_won"] and d["closed_date"]
        ]
        parts = {}
        for period, end in (self.periods | self.next_periods).items():
            first = period[1]
            # Deals that are overdue, or due before a period that is to come, are left to the
            # running one until it is over.
            since = first if self.report < first - eve else date.min
            parts[period] = {
                "start": self.due(min(first - eve, self.report), since, end),
                "end": self.due(min(end, self.report), since, end),
                "quota": [(cut, amount) for on, cut, amount in self.quotas if first <= on <= end],
                "won": [
                    (cut, amount) for on, cut, amount in won if first <= on <= min(end, self.report)
                ],
            }
        cuts = {("all", "all")} | {
            (d, cut[d])
            for rows in [
                [(cut, amount) for _, cut, amount in [*won, *self.quotas]],
                *(rows for of in parts.values() for rows in of.values()),
            ]
            for cut, _ in rows
            for d in dimensions
        }
        cells = {}
        for period, of in parts.items():
            for dimension, segment in cuts:
                start, end, goal, signed = (
                    known_sum(
                        a for cut, a in rows if dimension == "all" or cut[dimension] == segment
                    )
                    for rows in of.values()
                )
                # Once the quota is reached, by however much, nothing is left; the cents of thirds
                # that do not divide are nothing.
                left = goal - signed if goal - signed >= CENT else Decimal(0)
                # Deals that were open before the data begin are not known.
                if period[1] == min(first for grain, first in self.periods if grain == period[0]):
                    start = None
                # Deals that are still open when the period is over are overdue.
                if self.ends[period] <= self.report:
                    end = left = None
                key = (*period, dimension, segment)
                cells["at_start", *key] = (start, goal, ratio(start, goal))
                cells["remaining", *key] = (end, left, ratio(end, left))
        return cells

    def movements_of(self, deal_id, period, basis):
        """(scope, movement, amount, segments) of a deal in a period, net of all that happened.

        The start is of the owner and team of the day before. The owner and team at its end, or
        when it is closed, take that over and have all else.
        """
        first, last = period[1], self.last_day(period)
        before = first - timedelta(days=1)
        spans = self.spans[basis][deal_id]
        was_open, is_open = (self.is_open(deal_id, on, basis) for on in (before, last))
        opened = [n for n, (start, _, _) in enumerate(spans) if first <= start <= last]
        closed = [(end, is_won) for _, end, is_won in spans if end and first <= end <= last]
        if not was_open and not opened:
            return []
        rows = []

        def is_due(on):
            close = self.value(deal_id, "closedate", on)
            return bool(close) and first <= close <= self.periods_and_weeks[period]

        if is_open:
            on = last
            ending, now = "end", self.amount(deal_id, last)
        else:
            on, is_won = closed[-1]
            ending, now = ("won" if is_won else "lost"), -self.amount(deal_id, on)
        entry = "created" if 0 in opened else "reopened"
        was = self.amount(deal_id, before) if was_open else None
        eve, cut = self.deal_cut(deal_id, before), self.deal_cut(deal_id, on)
        for scope in ("all_open", "closing_in_period"):
            is_all = scope == "all_open"
            if is_open:
                ends_in = is_all or is_due(last)
            else:
                # Lost early, a deal that is due later was never due in the period. A closing writes
                # its own day over the date that was expected.
                ends_in = is_all or is_won or not was_open or is_due(before)
                ends_in = ends_in or is_due(on - timedelta(days=1))
            if was_open:
                starts_in = is_all or is_due(before)
                if not starts_in and not ends_in:
                    continue
                if starts_in:
                    rows.append((scope, "start", was, eve))
                    if eve != cut:
                        rows.append((scope, "reassigned_out", -was, eve))
                        rows.append((scope, "reassigned_in", was, cut))
                else:
                    rows.append((scope, "pulled_in", was, cut))
                if not ends_in:
                    rows.append((scope, "pushed_out", -was, cut))
                    continue
                change = abs(now) - was
                rows.append((scope, "increased" if change > 0 else "decreased", change, cut))
            elif ends_in:
                rows.append((scope, entry, abs(now), cut))
            else:
                continue
            rows.append((scope, ending, now, cut))
        return rows

    def pipeline_movements(self):
        rows = [
            (period, scope + suffix, movement, amount, cut)
            for basis, suffix in (("as_known", ""), ("as_seen", "_as_seen"))
            for period in self.periods_and_weeks
            for deal_id, spans in self.spans[basis].items()
            if any(
                start <= self.periods_and_weeks[period] and (end is None or end >= period[1])
                for start, end, _ in spans
            )
            for scope, movement, amount, cut in self.movements_of(deal_id, period, basis)
            if amount
        ]
        cells, dimensions = defaultdict(Decimal), ("owner", "team", "channel")
        movements = {"start", "created", "reopened", "increased", "decreased", "won", "lost", "end"}
        movements |= {"reassigned_in", "reassigned_out"}
        for scope in ("all_open", "closing_in_period"):
            variants = (scope, f"{scope}_as_seen")
            cuts = {("all", "all")} | {("movement", movement) for movement in movements}
            if scope == "closing_in_period":
                cuts |= {("movement", "pulled_in"), ("movement", "pushed_out")}
            # A segment of what is known is one of what was seen, and the other way round.
            cuts |= {(d, r[4][d]) for r in rows if r[1] in variants for d in dimensions}
            for variant, period, cut in product(variants, self.periods_and_weeks, cuts):
                cells[variant, *period, *cut] = Decimal(0)
        for period, scope, movement, amount, cut in rows:
            cells[scope, *period, "movement", movement] += amount
            # In total, and by owner, team and channel: the change from start to end.
            if movement in {"start", "end"}:
                change = amount if movement == "end" else -amount
                cells[scope, *period, "all", "all"] += change
                for dimension in dimensions:
                    cells[scope, *period, dimension, cut[dimension]] += change
        return {key: (amount, None, amount) for key, amount in cells.items()}

    def slippage_rate(self):
        """Deals that were due when a period began, by what they are like on its last day."""
        dimensions = ("owner", "team", "channel", "pipeline", "customer_type")
        due = {}
        for period, end in self.periods_and_weeks.items():
            first, last = period[1], self.last_day(period)
            eve = first - timedelta(days=1)
            due[period] = [
                (self.deal_cut(deal_id, eve), self.amount(deal_id, eve), is_open, is_pushed)
                for deal_id in self.deals
                if self.is_open(deal_id, eve) and self.closes_within(deal_id, eve, first, end)
                for is_open in [self.is_open(deal_id, last)]
                for is_pushed in [is_open and not self.closes_within(deal_id, last, first, end)]
            ]
        cuts = {("all", "all")} | {
            (d, cut[d]) for rows in due.values() for cut, *_ in rows for d in dimensions
        }
        cells = {}
        for period, rows in due.items():
            for dimension, segment in cuts:
                found = [r for r in rows if dimension == "all" or r[0][dimension] == segment]
                whole = sum((amount for _, amount, *_ in found), Decimal(0))
                still = sum((r[1] for r in found if r[2]), Decimal(0))
                pushed = sum((r[1] for r in found if r[3]), Decimal(0))
                count = sum(r[3] for r in found)
                key = (*period, dimension, segment)
                cells[("amount", *key)] = (pushed, whole, ratio(pushed, whole))
                cells[("deals", *key)] = (count, len(found), ratio(Decimal(count), len(found)))
                cells[("still_open", *key)] = (still, whole, ratio(still, whole))
        return cells

    def loss_reasons(self):
        """Lost deals beside all that were lost: by reason those of all, else of the segment."""
        lost = [d for d in self.deals.values() if d["is_closed"] and not d["is_won"]]
        cuts = {
            "owner": "owner_name",
            "team": "team",
            "channel": "channel",
            "campaign": "campaign_name",
            "plan": "plan",
            "pipeline": "pipeline_name",
            "industry": "industry",
            "country": "country",
            "lost_reason": "loss_reason",
        }
        types = {"newbusiness": "new_business", "existingbusiness": "existing_business"}

        def segments(deal):
            return {
                ("all", "all"),
                *((name, deal[column] or NONE) for name, column in cuts.items()),
                ("deal_type", types.get(deal["deal_type"], NONE)),
                ("customer_type", self.customer_type(deal)),
            }

        of_cut = defaultdict(list)
        for deal in lost:
            for cut in segments(deal):
                of_cut[cut].append(deal)
        cells = {}
        for period, end in self.periods_and_weeks.items():
            found = {
                cut: [d for d in deals if d["closed_date"] and period[1] <= d["closed_date"] <= end]
                for cut, deals in of_cut.items()
            }
            for cut, deals in found.items():
                beside = found["all", "all"] if cut[0] == "lost_reason" else deals
                key = (*period, *cut)
                counts = Decimal(len(deals)), Decimal(len(beside))
                amounts = total_known(deals, "deal_amount"), total_known(beside, "deal_amount")
                cells["count", *key] = (*counts, ratio(*counts))
                cells["amount", *key] = (*amounts, ratio(*amounts))
        return cells

    def closes_within(self, deal_id, on, first, last):
        """Whether the deal was expected, on a day, to close between two others."""
        close = self.value(deal_id, "closedate", on)
        return bool(close) and first <= close <= last

    # -- what a customer is worth ------------------------------------------------------------------

    @cached_property
    def served(self):
        """Customer -> {month: revenue}: what is served of each line, day by day."""
        revenue = defaultdict(lambda: defaultdict(Decimal))
        for sale in self.books.sales:
            month = month_of(sale.first_day)
            while month <= month_of(self.report):
                end = min(add_months(month, 1) - timedelta(days=1), self.report)
                served = sale.served(end) - sale.served(month - timedelta(days=1))
                revenue[sale.customer][month] += exact(served)
                month = add_months(month, 1)
        return revenue

    @cached_property
    def margins(self):
        """Month -> gross margin rate of the last twelve months, and of all months so far."""
        revenue, cost = defaultdict(Decimal), defaultdict(Decimal)
        for served in self.served.values():
            for month, amount in served.items():
                revenue[month] += amount
        for c in self.costs:
            if c["function"] == "cost_of_revenue":
                cost[month_of(c["on"])] += c["amount"]
        books = [month_of(c["on"]) for c in self.costs]
        months, month = [], min(books)
        while month <= max(books):
            months.append(month)
            month = add_months(month, 1)

        def rate(window):
            earned = sum((revenue[m] for m in window), Decimal(0))
            spent = sum((cost[m] for m in window), Decimal(0))
            return rounded(1 - spent / earned) if earned > 0 else None

        return {
            month: (rate(months[max(n - 12, 0) : n]), rate(months[:n]))
            for n, month in enumerate(months, 1)
        }

    @cached_property
    def value_parts(self):
        """(period, dimension, segment) -> what the lifetime values are made of."""
        books, parts = self.books, defaultdict(lambda: defaultdict(Decimal))
        first_balance = min(month for balances in books.balances.values() for month in balances)

        def add(period, customer, plan, name, amount):
            parts[period, "all", "all"][name] += amount
            cut = self.customer_cut(customer, plan)
            for dimension in CUSTOMER_CUTS:
                parts[period, dimension, cut[dimension]][name] += amount

        for period in self.periods:
            last = self.last_day(period)
            end, since = recurring.month_of(last), add_months(month_of(last), -11)
            # Twelve balances are a year: a yearly churn needs all of them.
            has_12_months = end - first_balance >= 11
            for customer, balances in books.balances.items():
                plan = self.plan(customer, end)
                now, a_year_ago = balances.get(end), balances.get(end - 12)
                if has_12_months and any(month in balances for month in range(end - 12, end + 1)):
                    add(period, customer, plan, "customers", 1)
                    add(period, customer, plan, "lost", not now)
                if now:
                    add(period, customer, plan, "active", 1)
                    add(period, customer, plan, "mrr", exact(now))
                if has_12_months and a_year_ago:
                    plan_then = self.plan(customer, end - 12)
                    add(period, customer, plan_then, "year_ago", 1)
                    add(period, customer, plan_then, "retained", bool(now))
                lived = sum(month <= end for month in balances)
                if lived:
                    add(period, customer, plan, "lived", lived)
                    add(period, customer, plan, "lives", 1)
            for customer, bills in self.invoices.items():
                sent = [bill for bill in bills if bill[0] <= last]
                if not sent:
                    continue
                recent = [bill for bill in sent if bill[0] >= since]
                plan = self.plan(customer, end)
                for name, rows in (("", recent), ("_so_far", sent)):
                    amount = sum(amount for _, amount, _ in rows)
                    add(period, customer, plan, f"invoiced{name}", amount)
                    add(period, customer, plan, f"buyers{name}", any(buys for *_, buys in rows))
            for customer, served in self.served.items():
                so_far = {month: amount for month, amount in served.items() if month <= last}
                if not so_far:
                    continue
                recent = [amount for month, amount in so_far.items() if month >= since]
                plan = self.plan(customer, end)
                for name, amounts in (("", recent), ("_so_far", so_far.values())):
                    amount = sum(amounts, Decimal(0))
                    add(period, customer, plan, f"earned{name}", amount)
                    add(period, customer, plan, f"earning{name}", amount > 0)
        return parts

    def customer_lifetime_value(self):
        """Earned revenue, price or baskets of a customer over a life; and on gross margin."""
        cells = {}
        cuts = {(d, s) for _, d, s in self.value_parts}
        # A figure that no customer of a segment ever had is unknown there, and not 0.
        known = defaultdict(set)
        for (_, *cut), p in self.value_parts.items():
            known[tuple(cut)] |= p.keys()
        for period in self.periods:
            margin, margin_so_far = self.margins[month_of(self.last_day(period))]
            for cut in cuts:
                p = self.value_parts.get((period, *cut), defaultdict(Decimal))
                yearly = ratio(p["earned"], p["earning"])
                baskets = ratio(p["invoiced"], p["buyers"])
                price = ratio(p["mrr"] * 12, p["active"])

                def times(amount, *factors):
                    for factor in factors:
                        amount = None if amount is None or factor is None else amount * factor
                    return amount

                customers, lost, lived, lives, year_ago, retained = (
                    p[name] if name in known[cut] or cut == ("all", "all") else None
                    for name in ("customers", "lost", "lived", "lives", "year_ago", "retained")
                )
                # How long customers stay is told by five who left, and is five years at most.
                foretelling = customers if lost is not None and lost >= FEWEST_LOST else None
                leaving = max(lost, foretelling / LONGEST_LIFE) if foretelling else lost
                end = None if year_ago is None else (1 + DISCOUNT) * year_ago - retained
                variants = {
                    "annual_revenue": (times(yearly, foretelling), leaving, margin),
                    "subscription": (times(price, foretelling), leaving, margin),
                    # Baskets of a year are unknown before a year is known.
                    "basket": (
                        times(baskets, lived if customers else None),
                        times(lives, 12),
                        margin,
                    ),
                    "historical": (p["earned_so_far"], p["earning_so_far"], margin_so_far),
                }
                for variant, (amount, whole, rate) in variants.items():
                    for name, part in (
                        (variant, amount),
                        (f"{variant}_margin", times(amount, rate)),
                    ):
                        cells[name, *period, *cut] = (part, whole, ratio(part, whole))
                part = times(yearly, margin, retained)
                cells["retention", *period, *cut] = (part, end, ratio(part, end))
        return cells

    def pairs(self, variant, cost="fully_loaded"):
        """(period, dimension, segment) -> lifetime value, acquisition cost; by what both know."""
        costs = self.customer_acquisition_cost()
        return {
            key[1:]: (value, costs.get((cost, *key[1:]), (None, None, None))[2])
            for key, (_, _, value) in self.customer_lifetime_value().items()
            if key[0] == variant and key[3] in {"all", "channel", "campaign"}
        }

    def ltv_cac_ratio(self):
        return {
            (f"{variant}__fully_loaded", *key): (value, cost, ratio(value, cost))
            for variant in ("annual_revenue_margin", "annual_revenue", "subscription")
            for key, (value, cost) in self.pairs(variant).items()
        }

    def net_customer_value(self):
        cells = {}
        for name, value, cost in (
            ("standard", "annual_revenue_margin", "fully_loaded"),
            ("basket", "basket", "marketing"),
        ):
            for key, (worth, spent) in self.pairs(value, cost).items():
                left = None if worth is None or spent is None else worth - spent
                cells[name, *key] = (left, None, left)
        return cells

    def cac_payback_months(self):
        new = defaultdict(Decimal)
        who = defaultdict(set)
        for (customer, month, movement, *_), amount in self.books.movements.items():
            if movement == "new":
                known = self.customer_cut(customer, None)
                for period in self.periods:
                    if self.is_in(recurring.first_day(month), period):
                        for cut in (
                            ("all", "all"),
                            *((d, known[d]) for d in ("channel", "campaign")),
                        ):
                            new[*period, *cut] += exact(amount)
                            who[*period, *cut].add(customer)
        cells = {}
        for key, (_, cost) in self.pairs("annual_revenue_margin").items():
            margin = self.margins[month_of(self.last_day(key[:2]))][0]
            monthly = ratio(new[key], len(who[key]))
            gain = monthly * margin if monthly and margin and margin > 0 else None
            cells["standard", *key] = (cost, gain, ratio(cost, gain))
        return cells

    # -- answers -----------------------------------------------------------------------------------

    def net_promoter_score(self):
        answers = []
        for row in self.extract("feedback_submissions"):
            on = paris_day(row["submitted_at"])
            if row["survey_type"] != "NPS" or not row["response_score"] or on > self.report:
                continue
            contact_id = identified(self.crm.contact_of.get(row["contact_id"]))
            contact = self.contacts.get(contact_id, {})
            company = (contact.get("company_id") or "").removeprefix("demo:")
            score = Decimal(row["response_score"])
            cut = {
                "industry": contact.get("industry") or NONE,
                "plan": self.plan(company, recurring.month_of(on)) or NONE,
                "country": contact.get("country") or NONE,
                "channel": contact.get("channel") or NONE,
            }
            order = (moment(row["submitted_at"]), row["hs_object_id"])
            points = 100 * ((score >= 9) - (score <= 6))
            person = contact_id or identified(row["contact_id"]) or row["hs_object_id"]
            answers.append((on, cut, Decimal(points), person, order))
        cells = {}
        cuts = {("all", "all")} | {(d, a[1][d]) for a in answers for d in a[1]}
        for period in self.periods:
            everything = [a for a in answers if self.is_in(a[0], period)]
            latest = {a[3]: a for a in sorted(everything, key=lambda a: a[4])}
            for variant, rows in (
                ("all_responses", everything),
                ("latest_per_contact", list(latest.values())),
            ):
                for dimension, segment in cuts:
                    points = [
                        r[2] for r in rows if dimension == "all" or r[1][dimension] == segment
                    ]
                    score = sum(points, Decimal(0))
                    cells[variant, *period, dimension, segment] = (
                        score,
                        len(points),
                        ratio(score, len(points)),
                    )
        return cells
