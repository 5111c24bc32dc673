"""The demo company's CRM as Pipedrive's API answers: objects, and the flow of changes of deals.

The facts are those of the demo; where Pipedrive has no place for one it is left out. Stages never
say that a deal is won or lost: its status does. Readers of a newsletter are in no CRM of sales, and
everybody else is from the day on which they became a lead. Records that were merged are gone. Added
are rows that must not count, and other ways to write the same facts.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from generator.shapes.company import Rows

Value = Any
"""A cell: text, a number, a boolean, a moment; a list or an object that dlt takes apart."""
Record = dict[str, Value]
Records = list[Record]

PARIS = ZoneInfo("Europe/Paris")
ACCOUNT_MADE = datetime(2022, 9, 1, 8, tzinfo=UTC)

PIPELINES = {"new_business": 1, "expansion": 2, "legacy": 3}
STAGES = {
    "nb_discovery": 1,
    "nb_demo": 2,
    "nb_pilot": 3,
    "nb_proposal": 4,
    "nb_negotiation": 5,
    "ex_identified": 6,
    "ex_proposal": 7,
    "lg_qualified": 8,
    "lg_offer": 9,
}
STATUSES = {
    "nb_won": "won",
    "ex_won": "won",
    "lg_won": "won",
    "nb_lost": "lost",
    "ex_lost": "lost",
    "lg_lost": "lost",
}
VANISHED_STAGE = 77
"""A stage that the list of stages does not have any more: only the flow of a deal names it."""

COUNTRIES = {
    "BE": "Belgium",
    "CH": "Switzerland",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "IT": "Italy",
    "MA": "Morocco",
    "NL": "Netherlands",
    "US": "United States",
}
CHANNELS = {
    "DIRECT_TRAFFIC": "Direct traffic",
    "EMAIL_MARKETING": "Email marketing",
    "OFFLINE": "Offline",
    "ORGANIC_SEARCH": "Organic search",
    "PAID_SEARCH": "Paid search",
    "PAID_SOCIAL": "Paid social",
    "PARTNER": "Partner",
    "REFERRALS": "Referrals",
    "SOCIAL_MEDIA": "Social media",
    "TRADE_SHOW": "Trade show",
    "WEBINAR": "Webinar",
    # The seed of channels does not list this source.
    "AI_REFERRALS": "AI_REFERRALS",
}
DEAL_TYPES = {"newbusiness": "New business", "existingbusiness": "Existing business"}
FORECASTS = {
    "OMIT": "Omitted",
    "PIPELINE": "Pipeline",
    "BEST_CASE": "Best case",
    "COMMIT": "Commit",
    "CLOSED": "Closed",
}


@dataclass(frozen=True)
class Field:
    """A field whose key says nothing: custom ones have forty hexadecimal digits."""

    entity: str
    label: str
    kind: str
    options: dict[str, str] = field(default_factory=dict)
    own_key: str | None = None

    @property
    def key(self) -> str:
        """The name that the API gives the field."""
        return self.own_key or hashlib.sha1(f"{self.entity}/{self.label}".encode()).hexdigest()

    def value(self, label: str | None) -> int | None:
        """Return the id of an option."""
        return next((int(key) for key, name in self.options.items() if name == label), None)


def _options(labels: list[str], first: int) -> dict[str, str]:
    return {str(first + place): label for place, label in enumerate(labels)}


PLAN_NAMES = [
    "Starter monthly",
    "Starter yearly",
    "Growth monthly",
    "Growth yearly",
    "Scale monthly",
    "Scale yearly",
    "Scale three years",
    "Pulse weekly",
    "Day pass",
    "Free",
    "Insights add-on monthly",
    "Insights add-on yearly",
    "Classic (no longer sold)",
]
INDUSTRIES = [
    "Business services",
    "Education",
    "Food & beverage",
    "Health",
    "Logistics",
    "Manufacturing",
    "Retail",
    "Software",
]
PLAN = Field("deal", "Plan", "enum", _options(PLAN_NAMES, 11))
DEAL_TYPE = Field("deal", "Deal type", "enum", _options(list(DEAL_TYPES.values()), 31))
FORECAST = Field("deal", "Forecast category", "enum", _options(list(FORECASTS.values()), 41))
BUDGET = Field("deal", "Budget annoncé", "monetary")
CHANNEL = Field("deal", "Channel", "enum", _options(list(CHANNELS.values()), 51), "channel")
SOURCE = Field("person", "Source", "enum", _options(list(CHANNELS.values()), 71))
CAMPAIGN = Field("person", "Campaign", "varchar")
INDUSTRY = Field("organization", "Industry", "enum", _options(INDUSTRIES, 91))
FIELDS = [PLAN, DEAL_TYPE, FORECAST, BUDGET, CHANNEL, SOURCE, CAMPAIGN, INDUSTRY]


def moment(text: str) -> datetime:
    """Return the moment of a text such as 2024-05-13T09:00:00Z."""
    return datetime.fromisoformat(text)


def by(rows: Rows, column: str) -> dict[str, Rows]:
    """Return the rows by the value of a column."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row[column] or ""].append(row)
    return found


def survivor(rows: dict[str, dict[str, str | None]], key: str) -> str:
    """Return the record that a record was merged into, in the end."""
    while rows[key]["merged_into_id"]:
        key = rows[key]["merged_into_id"] or ""
    return key


class Account:
    """The objects of the account by name; each method adds those of some kinds."""

    def __init__(self, tables: dict[str, Rows]) -> None:
        self.tables = tables
        self.records: dict[str, Records] = defaultdict(list)
        self.contacts = {row["hs_object_id"] or "": row for row in tables["contacts"]}
        self.companies = {row["hs_object_id"] or "": row for row in tables["companies"]}
        self.deals = {row["hs_object_id"] or "": row for row in tables["deals"]}
        self.lifecycles = by(tables["lifecycle_history"], "contact_id")
        self.roles = by(tables["deal_contacts"], "deal_id")
        self.people = {key for key in self.contacts if self._added(key)}
        self._add_users()
        self._add_organizations()
        self._add_pipelines()
        self._add_deals()
        self._add_people()
        self._add_activities()

    # --- people -------------------------------------------------------------------------------

    def _first(self, contact: str, *stages: str) -> datetime | None:
        """Return when a contact was first in one of the stages."""
        return min(
            (
                moment(row["entered_at"] or "")
                for row in self.lifecycles.get(contact, [])
                if row["lifecyclestage"] in stages
            ),
            default=None,
        )

    def _added(self, contact: str) -> datetime | None:
        """Return when sales got to know a contact; none for readers of a newsletter."""
        if self.contacts[contact]["merged_into_id"]:
            return None
        stages = {row["lifecyclestage"] or "" for row in self.lifecycles.get(contact, [])}
        if not stages:
            return moment(self.contacts[contact]["createdate"] or "")
        return self._first(contact, *stages - {"subscriber"}) if stages - {"subscriber"} else None

    def person(self, contact: str | None) -> int | None:
        """Return the id under which a contact of the demo goes on living, if sales knows it."""
        found = survivor(self.contacts, contact) if contact else None
        return int(found) if found in self.people else None

    def organization(self, company: str | None) -> int | None:
        """Return the id under which a company of the demo goes on living."""
        return int(survivor(self.companies, company)) if company else None

    def _primary(self, deal: str) -> int | None:
        return next(
            (
                self.person(row["contact_id"])
                for row in self.roles.get(deal, [])
                if row["is_primary"] == "true"
            ),
            None,
        )

    def _joined(self, contact: str, deal: str) -> datetime:
        """Return when a contact was added to a deal, which makes it an opportunity."""
        created = moment(self.deals[deal]["createdate"] or "")
        entered = self._first(contact, "opportunity") or self._first(contact, "customer")
        return max(created, entered or created)

    def _add_people(self) -> None:
        main: dict[str, str] = {}
        for row in sorted(
            self.tables["contact_companies"], key=lambda row: row["is_primary"] or ""
        ):
            main[row["contact_id"] or ""] = row["company_id"] or ""
        in_deals = {self.person(row["contact_id"]) for rows in self.roles.values() for row in rows}
        asked = {
            row["person_id"] for name in ("deals", "deals_archived") for row in self.records[name]
        }
        for number, key in enumerate(sorted(self.people)):
            row, added = self.contacts[key], self._added(key)
            has_lead = int(key) not in in_deals and number % 2 == 0 and self._is_lead(key)
            if has_lead:
                self._add_lead(number, key)
            # Where a lead or a deal says by which channel somebody came, nobody typed it again.
            is_typed = number % 3 == 0 or not (has_lead or int(key) in asked)
            source = CHANNELS.get(row["hs_analytics_source"] or "")
            self.records["persons"].append(
                {
                    "id": int(key),
                    "name": f"{row['firstname']} {row['lastname']}",
                    "first_name": row["firstname"],
                    "last_name": row["lastname"],
                    "owner_id": _number(row["hubspot_owner_id"]),
                    "org_id": self.organization(main.get(key)),
                    "add_time": added,
                    "update_time": added,
                    "is_deleted": row["archived"] == "true",
                    "postal_address__country": COUNTRIES[row["country"] or ""],
                    "label_ids": [5] if number % 20 == 0 else None,
                    "custom_fields": {
                        SOURCE.key: SOURCE.value(source) if is_typed else None,
                        CAMPAIGN.key: self._campaign(key) if is_typed else None,
                    },
                }
            )
        self.records["persons"].append(
            self.records["persons"][0]
            | {"id": 1999999, "name": "Test Test", "is_deleted": True, "org_id": 599999}
        )

    def _is_lead(self, key: str) -> bool:
        return not any(row["lifecyclestage"] == "other" for row in self.lifecycles.get(key, []))

    def _campaign(self, contact: str) -> str | None:
        key = self.contacts[contact]["hs_campaign_id"]
        return next(
            (row["campaign_name"] for row in self.tables["campaigns"] if row["campaign_id"] == key),
            key,
        )

    def _channel(self, contact: int | None) -> Record:
        """Return by which channel, and by what of it, a person came."""
        if contact is None:
            return {"channel": None, "channel_id": None}
        row = self.contacts[str(contact)]
        label = CHANNELS.get(row["hs_analytics_source"] or "")
        return {"channel": CHANNEL.value(label), "channel_id": self._campaign(str(contact))}

    def _add_lead(self, number: int, key: str) -> None:
        row, added = self.contacts[key], self._added(key)
        self.records["leads"].append(
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
                "title": f"{row['lastname']} lead",
                "owner_id": _number(row["hubspot_owner_id"]),
                "person_id": int(key),
                "organization_id": None,
                "is_archived": number % 10 == 0,
                "source_name": "Manually created",
                "origin": "ManuallyCreated",
                "add_time": added,
                "update_time": added,
            }
            | self._channel(int(key))
        )

    # --- users, organizations, stages -----------------------------------------------------------

    def _add_users(self) -> None:
        teams = list(dict.fromkeys(row["team"] or "" for row in self.tables["owners"]))
        for row in self.tables["owners"]:
            self.records["users"].append(
                {
                    "id": int(row["id"] or ""),
                    "name": f"{row['first_name']} {row['last_name']}",
                    "email": row["email"],
                    "active_flag": row["archived"] != "true",
                    "is_admin": 0,
                    "role_id": 1,
                    "default_currency": "EUR",
                    "timezone_name": "Europe/Paris",
                    "created": moment(row["created_at"] or ""),
                    "modified": moment(row["created_at"] or ""),
                }
            )
        self.records["users"].append(
            # In no team, and owns nothing.
            self.records["users"][0] | {"id": 70099, "name": "Ines Delmarre", "email": None}
        )
        for place, team in enumerate(teams):
            members = [int(row["id"] or "") for row in self.tables["owners"] if row["team"] == team]
            self.records["teams"].append(
                {"id": 11 + place, "name": team, "manager_id": members[0], "active_flag": True}
                | {"users": members}
            )
        everybody = [row["id"] for row in self.records["users"][:5]]
        self.records["teams"] += [
            {"id": 99, "name": "All hands", "active_flag": True, "users": everybody},
            {"id": 1, "name": "Given up", "active_flag": False, "users": everybody},
        ]

    def _add_organizations(self) -> None:
        for key, row in self.companies.items():
            if row["merged_into_id"]:
                continue
            added = moment(row["createdate"] or "")
            self.records["organizations"].append(
                {
                    "id": int(key),
                    "name": row["name"],
                    "owner_id": _number(row["hubspot_owner_id"]),
                    "website": f"https://www.{row['domain']}/" if row["domain"] else None,
                    "employee_count": _number(row["numberofemployees"]),
                    "address__country": COUNTRIES[row["country"] or ""],
                    "add_time": added,
                    "update_time": added,
                    "is_deleted": row["archived"] == "true",
                    "custom_fields": {INDUSTRY.key: INDUSTRY.value(row["industry"])},
                }
            )
        self.records["organizations"].append(
            self.records["organizations"][0] | {"id": 599999, "name": "Test", "is_deleted": True}
        )

    def _add_pipelines(self) -> None:
        rows = {row["pipeline_id"]: row for row in self.tables["pipelines"]}
        for name, key in PIPELINES.items():
            self.records["pipelines"].append(
                {
                    "id": key,
                    "name": rows[name]["pipeline_label"],
                    "order_nr": key - 1,
                    "is_deleted": name == "legacy",
                    "is_deal_probability_enabled": True,
                    "add_time": ACCOUNT_MADE,
                    # dlt stops if a pipeline has none.
                    "update_time": ACCOUNT_MADE,
                }
            )
        self.records["pipelines"].append(
            self.records["pipelines"][0]
            | {"id": 4, "name": "Partners", "order_nr": 3, "is_deal_probability_enabled": False}
        )
        for row in self.tables["pipelines"]:
            stage = row["stage_id"] or ""
            if stage in STAGES:
                self.records["stages"].append(
                    {
                        "id": STAGES[stage],
                        "order_nr": int(row["display_order"] or ""),
                        "name": row["stage_label"],
                        "is_deleted": row["archived"] == "true",
                        "deal_probability": round(float(row["probability"] or 0) * 100),
                        "pipeline_id": PIPELINES[row["pipeline_id"] or ""],
                        "add_time": ACCOUNT_MADE,
                        "update_time": ACCOUNT_MADE,
                    }
                )
        # 100 means that nobody set it.
        self.records["stages"].append(
            self.records["stages"][0]
            | {"id": 10, "name": "Contacted", "pipeline_id": 4, "deal_probability": 100}
        )

    # --- deals ----------------------------------------------------------------------------------

    def _add_deals(self) -> None:
        entered = by(self.tables["deal_stage_history"], "deal_id")
        changed = by(self.tables["deal_property_history"], "deal_id")
        flow: Records = []
        for number, (key, row) in enumerate(self.deals.items()):
            if row["merged_into_id"]:
                continue
            told = Flow(self, number, row, entered[key], changed.get(key, []))
            flow += told.rows
            deal = self._deal(number, key, row, told)
            is_archived = deal["status"] != "open" and int(key) % 6 == 0
            is_archived = is_archived and deal["close_time"].year < 2025
            deal |= {
                "is_archived": is_archived,
                "archive_time": deal["close_time"] + timedelta(days=40) if is_archived else None,
            }
            self.records["deals_archived" if is_archived else "deals"].append(deal)
            self._add_participants(key)
        flow += self._add_test_deal()
        # The changes of the account are numbered as they come, those of one second too.
        flow.sort(key=lambda change: change["log_time"])
        self.records["deals_flow_deal_change"] = [
            {"id": 1 + place, **change} for place, change in enumerate(flow)
        ]

    def _deal(self, number: int, key: str, row: dict[str, str | None], told: Flow) -> Record:
        amount = row["amount"]
        person = self._primary(key)
        closed = told.closed_at(row["closedate"]) if told.status != "open" else None
        types, forecast = row["dealtype"] or "", row["hs_manual_forecast_category"] or ""
        budget = {"value": float(1000 + number), "currency": "EUR"} if number % 30 == 0 else None
        plan = {plan["plan_id"]: plan["plan_name"] for plan in self.tables["plans"]}[row["plan"]]
        return {
            "id": int(key),
            "title": row["dealname"],
            "owner_id": _number(row["hubspot_owner_id"]),
            "person_id": person,
            "org_id": self.organization(row["associatedcompanyid"]),
            "pipeline_id": PIPELINES[row["pipeline"] or ""],
            "stage_id": told.stage,
            "value": float(amount) if amount else None,
            "currency": row["deal_currency_code"],
            "add_time": told.created,
            "update_time": told.last,
            "stage_change_time": told.stage_changed,
            "status": told.status,
            # Only where somebody wrote another one than that of the stage.
            "probability": 60 if told.status == "open" and number % 9 == 0 else None,
            "lost_reason": row["closed_lost_reason"],
            "close_time": closed,
            "won_time": closed if told.status == "won" else None,
            "lost_time": closed if told.status == "lost" else None,
            "expected_close_date": told.expected,
            "origin": "ManuallyCreated",
            "is_deleted": row["archived"] == "true",
            "label_ids": [3, 8] if number % 50 == 0 else None,
            "custom_fields": {
                PLAN.key: PLAN.value(plan),
                DEAL_TYPE.key: DEAL_TYPE.value(DEAL_TYPES[types]),
                FORECAST.key: FORECAST.value(FORECASTS.get(forecast)),
                BUDGET.key: budget,
            },
        } | self._channel(person)

    def _add_participants(self, deal: str) -> None:
        rows = self.records["deals_participants"]
        for row in self.roles.get(deal, []):
            contact = survivor(self.contacts, row["contact_id"] or "")
            rows.append(
                {
                    "id": 700_001 + len(rows),
                    "related_item_type": "deal",
                    "related_item_id": int(deal),
                    "person_id__value": int(contact),
                    "person_id__name": "Somebody",
                    "active_flag": True,
                    "add_time": self._joined(contact, deal),
                }
            )
        if len(rows) == 40:
            # Somebody who was taken off the deal again.
            rows.append(
                rows[0] | {"id": 799_999, "active_flag": False, "person_id__value": 1000002}
            )

    def _add_test_deal(self) -> Records:
        """Add a deleted deal, which went through two pipelines and a stage that is gone."""
        key, at = 3999999, datetime(2024, 2, 5, 9, tzinfo=UTC)
        self.records["deals"].append(
            self.records["deals"][0]
            | {
                "id": key,
                "title": "Test, please delete",
                "pipeline_id": PIPELINES["expansion"],
                "stage_id": STAGES["ex_proposal"],
                "value": 1_000_000.0,
                "add_time": at,
                "status": "open",
                "won_time": None,
                "lost_time": None,
                "close_time": None,
                "lost_reason": None,
                "is_deleted": True,
            }
        )
        return [
            change(key, name, before, after, at + timedelta(hours=1 + hour))
            for hour, (name, before, after) in enumerate(
                (
                    ("stage_id", STAGES["nb_demo"], VANISHED_STAGE),
                    ("pipeline_id", PIPELINES["new_business"], PIPELINES["expansion"]),
                    ("stage_id", VANISHED_STAGE, STAGES["ex_proposal"]),
                    ("status", "open", "deleted"),
                )
            )
        ]

    # --- activities -----------------------------------------------------------------------------

    def _add_activities(self) -> None:
        for number, row in enumerate(self.tables["activities"]):
            at = moment(row["hs_timestamp"] or "")
            deal = survivor(self.deals, row["deal_id"]) if row["deal_id"] else None
            common: Record = {
                "id": int(row["hs_object_id"] or ""),
                "user_id": _number(row["hubspot_owner_id"]),
                "deal_id": _number(deal),
                "person_id": self.person(row["contact_id"]),
                "add_time": at - timedelta(days=1),
                "update_time": at,
                "active_flag": True,
            }
            if row["activity_type"] == "note":
                self.records["notes"].append(
                    common | {"content": "<p>Note</p>", "add_time": at, "id": 1 + number}
                )
                continue
            self.records["activities"].append(
                common
                | {
                    "type": row["activity_type"],
                    "subject": "Relance",
                    "done": True,
                    "due_date": f"{at:%Y-%m-%d}",
                    "due_time": f"{at:%H:%M}",
                    # Imported from another tool: it is not known when it was ticked off.
                    "marked_as_done_time": None if number % 11 == 0 else at,
                }
            )
        done, later = self.records["activities"][0], datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.records["activities"] += [
            done
            | {"id": 29999998, "done": False, "due_date": f"{later:%Y-%m-%d}"}
            | {"marked_as_done_time": None},
            done | {"id": 29999999, "active_flag": False},
        ]
        self.records["notes"].append(self.records["notes"][0] | {"id": 99999, "active_flag": False})


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def change(deal: int, name: str, before: Value, after: Value, at: datetime) -> Record:
    """Return a change of a deal as the flow has it: all values are text."""
    return {
        "item_id": deal,
        "user_id": 70001,
        "field_key": name,
        "old_value": None if before is None else str(before),
        "new_value": None if after is None else str(after),
        "additional_data__new_value_formatted": "Old stage"
        if (name, after) == ("stage_id", VANISHED_STAGE)
        else None,
        "log_time": at,
        "change_source": "app",
    }


class Flow:
    """The changes of one deal, and what it is after them."""

    def __init__(
        self,
        account: Account,
        number: int,
        deal: dict[str, str | None],
        entered: Rows,
        changed: Rows,
    ) -> None:
        self.account = account
        self.key = int(deal["hs_object_id"] or "")
        self.created = self.last = moment(deal["createdate"] or "")
        self.stage_changed: datetime | None = None
        self.status = "open"
        self.closed: datetime | None = None
        self.expected: str | None = None
        self.rows: Records = []
        steps = sorted((moment(row["entered_at"] or ""), row["dealstage"] or "") for row in entered)
        self.stage = STAGES[steps[0][1]]
        for at, stage in steps[1:]:
            self._step(number, at, stage)
        self._values(deal, changed, {at for at, stage in steps if stage in STATUSES})
        # The flow begins with the making of the deal, and has the other fields, too.
        self._add("add_time", None, f"{self.created:%Y-%m-%d %H:%M:%S}", self.created)
        if number % 10 == 0:
            self._add("title", "Deal", deal["dealname"], self.last)
            self._add(PLAN.key, 11, 12, self.last)
        self.rows.sort(key=lambda row: row["log_time"])

    def _add(self, name: str, before: Value, after: Value, at: datetime) -> None:
        self.rows.append(change(self.key, name, before, after, at))
        self.last = max(self.last, at)

    def _step(self, number: int, at: datetime, stage: str) -> None:
        """Add what takes a deal to a stage of the demo, of which some are a status here."""
        status = STATUSES.get(stage, "open")
        if status != self.status:
            self._add("status", self.status, status, at)
            self.status, self.closed = status, at if status != "open" else None
        if stage in STAGES and STAGES[stage] != self.stage:
            target = STAGES[stage]
            if target > self.stage + 1 and number % 5 == 0 and stage.startswith("nb_"):
                # Dragged over the column between, within one second.
                self._add("stage_id", self.stage, self.stage + 1, at)
                self.stage += 1
            self._add("stage_id", self.stage, target, at)
            self.stage, self.stage_changed = target, at

    def _values(self, deal: dict[str, str | None], changed: Rows, closings: set[datetime]) -> None:
        """Add changes of amount, expected close date and owner; a closing sets no date here."""
        values: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
        for row in changed:
            values[row["property"] or ""].append((moment(row["changed_at"] or ""), row["value"]))
        for name, field_key in (
            ("amount", "value"),
            ("closedate", "expected_close_date"),
            ("hubspot_owner_id", "user_id"),
        ):
            told = sorted(values[name], key=lambda pair: pair[0])
            before = told[0][1] if told else None
            for at, value in told[1:]:
                if name == "closedate" and at in closings:
                    continue
                if value != before:
                    self._add(field_key, _plain(before), _plain(value), at)
                before = value
            if name == "closedate":
                is_open = self.status == "open"
                self.expected = before if told or not is_open else deal["closedate"]

    def closed_at(self, day: str | None) -> datetime:
        """Return when the deal was won or lost: in the second of the change, or as typed later."""
        assert self.closed and day
        if self.closed.astimezone(PARIS).date().isoformat() == day:
            return self.closed
        return datetime.combine(date.fromisoformat(day), time(11), UTC)


def _plain(value: str | None) -> str | None:
    return value and value.removesuffix(".00")
