"""The demo company's CRM, read a second time: plain Python, from the CSV files.

Nothing here reads the project's SQL or imports from it. `Company` has the contacts and deals that
count, with their days; `figures.py` makes the cells of KPI views of them.
"""

import csv
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
STAGES = ["lead", "mql", "sql", "opportunity", "customer"]
# The funnel's order: an evangelist is a customer and more, the others are in no stage of it.
ORDER = {
    "lead": 1,
    "marketingqualifiedlead": 2,
    "salesqualifiedlead": 3,
    "opportunity": 4,
    "customer": 5,
    "evangelist": 6,
}
OUTSIDE = {"subscriber", "other"}
NONE = "(none)"
GRAINS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def read(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def moment(text):
    """An ISO 8601 moment as an aware one; None for an empty text, an error for a wrong one."""
    if not text:
        return None
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    value = datetime.fromisoformat(text)
    if len(text) == 10:
        return value.replace(tzinfo=PARIS)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def in_paris(value):
    return value and value.astimezone(PARIS).date()


def day(text):
    return date.fromisoformat(text) if text else None


def number(text):
    """A decimal that is not negative; None for an empty text, an error for a wrong one."""
    if not text:
        return None
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(text)
    return Decimal(text)


def answers_at(at, became):
    """Whether it answers a lead; what is known by its day alone does so on that day."""
    local = at.astimezone(PARIS)
    is_day_alone = (local.hour, local.minute, local.second) == (0, 0, 0)
    return at >= became or (is_day_alone and local.date() == in_paris(became))


def is_valid(row, readers):
    """Whether every column can be read by its reader."""
    try:
        for column, reader in readers.items():
            reader(row[column])
    except ValueError:
        return False
    return True


def distinct(rows):
    """The rows without the copies of an earlier one."""
    return list({tuple(row.items()): row for row in rows}.values())


def true(text):
    return text == "true"


def survivors(rows, key="hs_object_id"):
    """Each id -> the id that it ends at: merges are followed as long as the next record exists."""
    merged_into = {row[key]: row["merged_into_id"] for row in rows}

    def follow(record):
        while merged_into.get(record) in merged_into:
            record = merged_into[record]
        return record

    return {record: follow(record) for record in merged_into}


def plainly(reason):
    """A reason without regard to how it is written."""
    return re.sub("[ _-]+", "_", reason.strip()).lower()


class Company:
    """The demo company, read once; every figure is derived from what is read here."""

    def __init__(self, root):
        self.root = root
        demo, reference = root / "seeds" / "demo", root / "seeds" / "reference"
        self.channels = {r["source"]: r["channel"] for r in read(reference / "channels.csv")}
        self.rates = {
            r["currency"]: Decimal(r["euros_per_unit"])
            for r in read(reference / "currency_rates.csv")
        }
        self.excluded_reasons = {
            plainly(r["lost_reason"]) for r in read(reference / "excluded_loss_reasons.csv")
        }
        self.stages = {(r["pipeline_id"], r["stage_id"]): r for r in read(demo / "pipelines.csv")}
        self.owner_rows = read(demo / "owners.csv")
        self.owner_period_rows = read(demo / "owner_periods.csv")
        self.company_rows = read(demo / "companies.csv")
        self.contact_rows = [
            r for r in distinct(read(demo / "contacts.csv")) if is_valid(r, {"createdate": moment})
        ]
        contacts = {r["hs_object_id"] for r in self.contact_rows}
        self.history_rows = [
            r
            for r in distinct(read(demo / "lifecycle_history.csv"))
            if r["contact_id"] in contacts
            and r["lifecyclestage"] in ORDER.keys() | OUTSIDE
            and is_valid(r, {"entered_at": moment})
        ]
        self.deal_rows = [
            r
            for r in distinct(read(demo / "deals.csv"))
            if (r["pipeline"], r["dealstage"]) in self.stages
            and r["deal_currency_code"] in self.rates
            and is_valid(r, {"createdate": moment, "closedate": day, "amount": number})
        ]
        deals = {r["hs_object_id"] for r in self.deal_rows}
        self.deal_history_rows = [
            r for r in distinct(read(demo / "deal_stage_history.csv")) if r["deal_id"] in deals
        ]
        self.deal_owner_rows = [
            r
            for r in distinct(read(demo / "deal_property_history.csv"))
            if r["deal_id"] in deals and r["property"] == "hubspot_owner_id"
        ]
        self.deal_contact_rows = [
            r
            for r in distinct(read(demo / "deal_contacts.csv"))
            if r["deal_id"] in deals and r["contact_id"] in contacts
        ]
        self.quote_rows = [
            r
            for r in distinct(read(demo / "quotes.csv"))
            if r["deal_id"] in deals
            and is_valid(r, {"hs_quote_amount": number, "sent_at": moment, "createdate": moment})
        ]
        self.activity_rows = [
            r
            for r in distinct(read(demo / "activities.csv"))
            if r["hs_timestamp"] and is_valid(r, {"hs_timestamp": moment})
        ]
        self.invoice_rows = [
            r
            for r in distinct(read(demo / "invoices.csv"))
            if r["company_id"] and r["status"] not in ("void", "draft")
        ]
        self.subscription_rows = distinct(read(demo / "subscriptions.csv"))
        self.session_rows = read(demo / "web_sessions.csv")
        self.stand_rows = read(demo / "trade_show_visits.csv")
        self.campaign_rows = [
            r
            for r in read(demo / "campaigns.csv")
            if not (r["end_date"] and r["end_date"] < r["start_date"])
        ]
        self.touchpoints = {r["source"]: r["touchpoint"] for r in read(reference / "channels.csv")}

    @cached_property
    def moments(self):
        columns = [
            (self.contact_rows, "createdate"),
            (self.company_rows, "createdate"),
            (self.history_rows, "entered_at"),
            (self.deal_rows, "createdate"),
            (self.deal_history_rows, "entered_at"),
            (self.quote_rows, "createdate"),
            (self.quote_rows, "sent_at"),
            (self.activity_rows, "hs_timestamp"),
            (self.session_rows, "started_at"),
        ]
        return [moment(r[column]) for rows, column in columns for r in rows if r[column]]

    @cached_property
    def today(self):
        """The reporting date: the latest day of the data."""
        return in_paris(max(self.moments))

    @cached_property
    def periods(self):
        """(grain, first day) -> last day, of each period from the first day of the data on."""
        first, periods = in_paris(min(self.moments)), {}
        for grain, length in GRAINS.items():
            index = first.year * 12 + first.month - 1
            index -= index % length
            while (start := month_at(index)) <= self.today:
                index += length
                periods[grain, start] = month_at(index) - timedelta(days=1)
        start = monday_of(first.replace(day=1))
        while start <= self.today:
            periods["week", start] = start + timedelta(days=6)
            start += timedelta(days=7)
        return periods

    @cached_property
    def owners(self):
        """Owner id -> {owner, team}; namesakes are told apart by their id."""
        names = {r["id"]: f"{r['first_name']} {r['last_name']}" for r in self.owner_rows}
        everybody = list(names.values())
        return {
            r["id"]: {
                "owner": names[r["id"]]
                + (f" (demo:{r['id']})" if everybody.count(names[r["id"]]) > 1 else ""),
                "team": r["team"] or NONE,
            }
            for r in self.owner_rows
        }

    def whose(self, owner_id, on):
        """The name of an owner, and the team of that day; today's where no period tells."""
        person = self.owners.get(owner_id, {"owner": owner_id or NONE, "team": NONE})
        teams = [
            row["team"]
            for row in self.owner_period_rows
            if row["owner_id"] == owner_id
            and on
            and day(row["valid_from"]) <= on <= (day(row["valid_to"]) or date.max)
        ]
        return person | ({"team": teams[0]} if teams else {})

    @cached_property
    def owners_of_deals(self):
        """Deal id -> when its owners were written down, and who they were; the first one first."""
        changes = defaultdict(list)
        for row in self.deal_owner_rows:
            changes[row["deal_id"]].append((moment(row["changed_at"]), row["value"]))
        return {deal_id: sorted(owners) for deal_id, owners in changes.items()}

    def owner_on(self, row, on):
        """Whose the deal of a row was in the evening of a day.

        Its first owner was so before it was written down, and its last one is the owner of today.
        """
        changes = self.owners_of_deals.get(row["hs_object_id"])
        if not changes or in_paris(changes[-1][0]) <= on:
            return row["hubspot_owner_id"]
        return [value for at, value in changes if at == changes[0][0] or in_paris(at) <= on][-1]

    def channel(self, source):
        """The channel of a source; a source that the reference does not know is one itself."""
        return self.channels.get(source, source.lower()) or NONE

    @cached_property
    def campaigns(self):
        """Campaign id -> the campaign; namesakes are told apart by their id."""
        names = [r["campaign_name"] for r in self.campaign_rows]
        return {
            r["campaign_id"]: {
                "campaign": r["campaign_name"]
                + (f" (demo:{r['campaign_id']})" if names.count(r["campaign_name"]) > 1 else ""),
                "channel": self.channel(r["channel_source"]),
                "touchpoint": self.touchpoints.get(r["channel_source"], NONE),
                "start": day(r["start_date"]),
                "end": day(r["end_date"]),
            }
            for r in self.campaign_rows
        }

    def campaign(self, campaign_id):
        """The name of a campaign; one that is not listed is called by its id."""
        return self.campaigns.get(campaign_id, {"campaign": campaign_id or NONE})["campaign"]

    @cached_property
    def contact_of(self):
        return survivors(self.contact_rows)

    @cached_property
    def deal_of(self):
        return survivors(self.deal_rows)

    @cached_property
    def company_of(self):
        return survivors(self.company_rows)

    @cached_property
    def contacts(self):
        """Contact id -> the contact, without those that were merged away or deleted."""
        contacts = {}
        for row in self.contact_rows:
            contact_id = row["hs_object_id"]
            if self.contact_of[contact_id] != contact_id:
                continue
            if true(row["archived"]) and not row["merged_into_id"]:
                continue
            source = row["hs_analytics_source"]
            contacts[contact_id] = {
                "channel": self.channel(source),
                "touchpoint": self.touchpoints.get(source, NONE),
                "campaign": self.campaign(row["hs_campaign_id"]),
                "score": number(row["hubspotscore"]),
                "stage": row["lifecyclestage"],
                "created_at": moment(row["createdate"]),
                **self.whose(row["hubspot_owner_id"], in_paris(moment(row["createdate"]))),
            }
        entries = defaultdict(list)
        for row in self.history_rows:
            entries[self.contact_of[row["contact_id"]]].append(
                (row["lifecyclestage"], moment(row["entered_at"]))
            )
        answers = defaultdict(list)
        for row in self.activity_rows:
            if row["contact_id"] and row["hubspot_owner_id"] and not true(row["is_automated"]):
                contact_id = self.contact_of.get(row["contact_id"])
                answers[contact_id].append(moment(row["hs_timestamp"]))
        rows = {r["hs_object_id"]: r for r in self.contact_rows}
        for contact_id, contact in contacts.items():
            stages = entries.get(contact_id) or [
                (rows[contact_id]["lifecyclestage"], contact["created_at"])
            ]
            known = [
                (ORDER[s], at)
                for s, at in stages
                if s in ORDER and at and in_paris(at) <= self.today
            ]
            became = min((at for _, at in known), default=None)
            answer = min(
                (
                    max(at, became)
                    for at in answers[contact_id]
                    if became and answers_at(at, became)
                ),
                default=None,
            )
            contact["answered"] = in_paris(answer)
            contact["answer_days"] = answer and (answer - became) / timedelta(days=1)
            known = [(place, in_paris(at)) for place, at in known]
            for place, stage in enumerate(STAGES, 1):
                contact[stage] = min((on for at, on in known if at >= place), default=None)
                contact[f"own_{stage}"] = min((on for at, on in known if at == place), default=None)
            deals = self.deals_of_contacts.get(contact_id, [])
            quoted = [d["quoted"] for d in deals if d["quoted"]]
            won = [d["closed"] for d in deals if d["is_won"] and d["closed"]]
            lost = [
                d["closed"]
                for d in deals
                if d["is_lost"] and d["lost_reason"] == "competitor" and d["closed"]
            ]
            contact["quoted"] = min(quoted, default=None)
            contact["won"] = min(won, default=None)
            contact["lost_to_competitor"] = None if won else min(lost, default=None)
        return contacts

    @cached_property
    def contacts_of_deals(self):
        """Deal id -> its living contacts, the primary one first, else the first created."""
        links = defaultdict(dict)
        rows = {r["hs_object_id"]: r for r in self.contact_rows}
        for row in self.deal_contact_rows:
            deal_id = self.deal_of[row["deal_id"]]
            contact_id = self.contact_of[row["contact_id"]]
            survivor = rows[contact_id]
            if not true(survivor["archived"]) or survivor["merged_into_id"]:
                was_primary = links[deal_id].get(contact_id, False)
                links[deal_id][contact_id] = was_primary or true(row["is_primary"])
        return {
            deal_id: sorted(
                contacts,
                key=lambda c: (
                    not contacts[c],
                    moment(rows[c]["createdate"]) or datetime.max.replace(tzinfo=UTC),
                    c,
                ),
            )
            for deal_id, contacts in links.items()
        }

    @cached_property
    def deals_of_contacts(self):
        deals = defaultdict(list)
        for deal_id, contacts in self.contacts_of_deals.items():
            for contact_id in contacts:
                if deal_id in self.deals:
                    deals[contact_id].append(self.deals[deal_id])
        return deals

    def never_was_a_deal(self, row):
        """Whether a deal was lost for a reason by which it was none: entered twice, or a test."""
        stage = self.stages[row["pipeline"], row["dealstage"]]
        is_lost = true(stage["is_closed"]) and not true(stage["is_won"])
        return is_lost and plainly(row["closed_lost_reason"]) in self.excluded_reasons

    @cached_property
    def deals(self):
        """Deal id -> the deal, without those that were merged away, deleted, or not begun yet.

        Nor are those there that were lost because they never were deals.
        """
        closings, quotes, calls = self.closings(), defaultdict(list), self.interactions()
        for row in self.quote_rows:
            on = in_paris(moment(row["sent_at"]))
            if on and on <= self.today:
                quotes[self.deal_of[row["deal_id"]]].append(on)
        channels = {
            r["hs_object_id"]: self.channel(r["hs_analytics_source"]) for r in self.contact_rows
        }
        deals = {}
        for row in self.deal_rows:
            deal_id = row["hs_object_id"]
            if self.deal_of[deal_id] != deal_id:
                continue
            if true(row["archived"]) and not row["merged_into_id"]:
                continue
            if self.never_was_a_deal(row):
                continue
            created = in_paris(moment(row["createdate"]))
            if created and created > self.today:
                continue
            stage = self.stages[row["pipeline"], row["dealstage"]]
            closed = None
            if true(stage["is_closed"]):
                # A closing day after the report was mistyped: the history knows the real one.
                closed = day(row["closedate"])
                if not closed or closed > self.today:
                    closed = max(closings.get(deal_id, []), default=None)
            amount = number(row["amount"])
            if amount is not None:
                amount = (amount * self.rates[row["deal_currency_code"]]).quantize(
                    Decimal("0.01"), ROUND_HALF_UP
                )
            contacts = self.contacts_of_deals.get(deal_id, [])
            owned_on = closed or self.today
            owner_id = self.owner_on(row, owned_on)
            deals[deal_id] = {
                "channel": channels[contacts[0]] if contacts else NONE,
                "owner_id": owner_id,
                **self.whose(owner_id, owned_on),
                "company": self.company_of.get(row["associatedcompanyid"]),
                "type": row["dealtype"],
                "created": created,
                "closed": closed,
                "is_won": true(stage["is_won"]),
                "is_lost": true(stage["is_closed"]) and not true(stage["is_won"]),
                "lost_reason": row["closed_lost_reason"],
                "amount": amount,
                "quoted": min(quotes.get(deal_id, []), default=None),
                "calls": calls.get(deal_id, []),
            }
        self.add_cycles(deals)
        self.add_new_business(deals)
        self.add_first_invoices(deals)
        return deals

    def closings(self):
        """Deal id -> the days on which it was closed, by its history up to the reporting date."""
        closing_stages = {stage for (_, stage), r in self.stages.items() if true(r["is_closed"])}
        closings = defaultdict(list)
        for row in self.deal_history_rows:
            on = in_paris(moment(row["entered_at"]))
            if row["dealstage"] in closing_stages and on <= self.today:
                closings[row["deal_id"]].append(on)
        return closings

    def interactions(self):
        """Deal id -> the days of all activities on it and with the people who take part in it."""
        by_contact, days = defaultdict(list), defaultdict(list)
        for row in self.activity_rows:
            if true(row["is_automated"]):
                continue
            on = in_paris(moment(row["hs_timestamp"]))
            if row["contact_id"] in self.contact_of:
                by_contact[self.contact_of[row["contact_id"]]].append(on)
            if row["deal_id"] in self.deal_of:
                days[self.deal_of[row["deal_id"]]].append(on)
        for deal_id, contacts in self.contacts_of_deals.items():
            for contact_id in contacts:
                days[deal_id] += by_contact[contact_id]
        return days

    def add_cycles(self, deals):
        """From the first interaction for this deal, or from its creation, to the signature.

        Interactions before the company's previous win belong to that win. A deal that closed
        before it was created has a typing error and no cycle.
        """
        wins = defaultdict(list)
        for deal in deals.values():
            if deal["is_won"] and deal["company"] and deal["closed"]:
                wins[deal["company"]].append(deal["closed"])
        for deal in deals.values():
            deal["cycle"] = deal["from_creation"] = None
            if not deal["closed"] or not deal["created"] or deal["closed"] < deal["created"]:
                continue
            before = [w for w in wins[deal["company"]] if w < deal["created"]]
            since = max(before, default=date.min) if deal["company"] else date.min
            calls = [c for c in deal["calls"] if since < c <= deal["closed"]]
            deal["cycle"] = (deal["closed"] - min([*calls, deal["created"]])).days
            deal["from_creation"] = (deal["closed"] - deal["created"]).days

    def add_first_invoices(self, deals):
        """How long a won deal waited for its first invoice, and whether it still waits.

        An invoice belongs to the deal that it names, or else to that of its subscription. A
        customer who pays all the same pays this deal with another one. Deals from before the
        first invoice of all are left out: theirs may be missing.
        """
        of_subscription, billed, customers = {}, set(), set()
        for row in self.subscription_rows:
            if row["deal_id"] in self.deal_of:
                billed.add(self.deal_of[row["deal_id"]])
                of_subscription[row["subscription_id"]] = row["deal_id"]
        first = {}
        for row in self.invoice_rows:
            on = day(row["issued_on"])
            if on > self.today:
                continue
            deal_id = row["deal_id"] or of_subscription.get(row["subscription_id"])
            billed.add(self.deal_of.get(deal_id))
            if row["invoice_type"] == "invoice" and Decimal(row["amount_excl_tax"]) > 0:
                customers.add(self.company_of.get(row["company_id"], row["company_id"]))
                survivor = self.deal_of.get(deal_id)
                first[survivor] = min(first.get(survivor, on), on)
        begins = min(first.values())
        for deal_id, deal in deals.items():
            deal["invoice_wait"], deal["awaits_invoice"] = None, False
            if not deal["is_won"] or not deal["closed"] or deal["closed"] < begins:
                continue
            if deal_id in first:
                deal["invoice_wait"] = max((first[deal_id] - deal["closed"]).days, 0)
            elif deal["amount"] != 0:
                is_paid_elsewhere = deal_id not in billed and deal["company"] in customers
                deal["awaits_invoice"] = not is_paid_elsewhere

    @staticmethod
    def add_new_business(deals):
        """As the CRM says, or else whether the company had won no other deal before this one."""
        for deal_id, deal in deals.items():
            began = deal["created"] or deal["closed"]
            deal["is_new_business"] = (
                deal["type"] == "newbusiness"
                if deal["type"]
                else not any(
                    other["is_won"] and other["closed"] and other["closed"] < began
                    for other_id, other in deals.items()
                    if other_id != deal_id and deal["company"] == other["company"] is not None
                )
            )


def month_at(index):
    return date(index // 12, index % 12 + 1, 1)


def monday_of(day):
    return day - timedelta(days=day.weekday())


@cache
def periods_of(day):
    """The (grain, first day) of the periods that a day lies in."""
    index = day.year * 12 + day.month - 1
    months = [(grain, month_at(index - index % length)) for grain, length in GRAINS.items()]
    return [("week", monday_of(day)), *months]
