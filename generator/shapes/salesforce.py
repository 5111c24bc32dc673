"""The demo company as Salesforce would deliver it, by Data Export (CSV) or by dlt (DuckDB).

The facts are those of the demo; where Salesforce has no place for one it is left out. Added are
rows that must not count, and the awkward ways in which a real org writes its facts: ids that differ
only in case, one person as a lead and a contact, history rows that change no stage, two of them in
one second, stages that were renamed, users that are processes, records that a queue owns.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from generator.shapes.company import Rows, company

SHAPES = ("export", "dlt", "dlt_with_histories")
"""A Data Export, what dlt's source loads, and that with the objects that docs/connect.md adds."""

Value = str | bool | int | Decimal | date | datetime | None
Records = list[dict[str, Value]]

PARIS = ZoneInfo("Europe/Paris")
RENAMED_AT = datetime(2024, 7, 1, tzinfo=UTC)
"""Until then the stage `Demo done` was called `Presentation`, and histories still say so."""

FORMER_NAMES = {"Demo done": "Presentation"}

# Stages are one list for all record types in Salesforce: an offer for an expansion, which is won
# more often than another one, needs a name of its own.
STAGES = {
    "nb_discovery": "Discovery",
    "nb_demo": "Demo done",
    "nb_pilot": "Pilot",
    "nb_proposal": "Proposal sent",
    "nb_negotiation": "Negotiation",
    "ex_identified": "Identified",
    "ex_proposal": "Expansion proposal",
    "nb_won": "Closed won",
    "ex_won": "Closed won",
    "nb_lost": "Closed lost",
    "ex_lost": "Closed lost",
    "lg_qualified": "Qualifié",
    "lg_offer": "Offre",
    "lg_won": "Gagné",
    "lg_lost": "Perdu",
}

LEAD_STATUSES = {
    "subscriber": ("Subscriber",),
    "lead": ("Open - Not Contacted", "Working - Contacted"),
    "marketingqualifiedlead": ("Marketing Qualified",),
    "other": ("Closed - Not Converted",),
}
FORECASTS = {
    "OMIT": "Omitted",
    "PIPELINE": "Pipeline",
    "BEST_CASE": "Best Case",
    "COMMIT": "Commit",
    "CLOSED": "Closed",
}
QUOTES = {
    "DRAFT": "Draft",
    "SENT": "Presented",
    "ACCEPTED": "Accepted",
    "DECLINED": "Denied",
    # No status says that nobody answered in time.
    "EXPIRED": "Presented",
}
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
ROBOT, QUEUE = "0055f00000000ZZ", "00G5f0000000001"
"""The start of the ids of a user that is a process, and of a queue of leads."""

# dlt gives these objects a name of its own; all others have their name in snake case.
DLT_TABLES = {"User": "sf_user"}
# The objects that dlt's source asks for, of those written here.
DLT_OBJECTS = (
    "User",
    "UserRole",
    "Account",
    "Contact",
    "Lead",
    "Opportunity",
    "OpportunityContactRole",
    "Campaign",
    "CampaignMember",
    "Task",
    "Event",
)

# How the objects of one export write moments: an API, a loader and an older loader.
_WRITTEN: tuple[Callable[[datetime], str], ...] = (
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.000+0000",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
)

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def full_id(start: str) -> str:
    """Return an id of 15 characters with the 3 that tell the capitals apart."""
    capitals = [
        sum(1 << place for place, letter in enumerate(start[at : at + 5]) if letter.isupper())
        for at in (0, 5, 10)
    ]
    return start + "".join(_SUFFIX[bits] for bits in capitals)


def new_id(prefix: str, number: int) -> str:
    """Return the id of record `number` of an object: the numbers count with 62 digits."""
    digits = ""
    for _ in range(9):
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return full_id(f"{prefix}5f0{digits}")


def ids_of(prefix: str, keys: Iterable[str], first: int = 40_000) -> dict[str, str]:
    """Return the ids of records by their keys, in the same order."""
    return {key: new_id(prefix, first + at) for at, key in enumerate(sorted(set(keys)))}


def moment(text: str) -> datetime:
    """Return the moment of a text such as 2024-05-13T09:00:00Z."""
    return datetime.fromisoformat(text)


def day(text: str | None) -> date | None:
    """Return the day of a text, if there is one."""
    return date.fromisoformat(text) if text else None


def money(text: str | None) -> Decimal | None:
    """Return the amount of a text, if there is one."""
    return Decimal(text) if text else None


def by(rows: Rows, column: str) -> dict[str, Rows]:
    """Return the rows by the value of a column."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


class Org:
    """The records of the org by object; each method adds those of some objects."""

    def __init__(self, tables: dict[str, Rows]) -> None:
        self.tables = tables
        self.records: dict[str, Records] = defaultdict(list)
        self.contacts = {row["hs_object_id"]: row for row in tables["contacts"]}
        self.companies = {row["hs_object_id"]: row for row in tables["companies"]}
        self.deals = {row["hs_object_id"]: row for row in tables["deals"]}
        self.users = ids_of("005", (row["id"] for row in tables["owners"]))
        self.accounts = ids_of("001", self.companies)
        self.opportunities = ids_of("006", self.deals)
        self.campaigns = ids_of("701", (row["campaign_id"] for row in tables["campaigns"]))
        self.stages = {row["stage_id"]: row for row in tables["pipelines"]}
        self.record_types = ids_of("012", (row["pipeline_id"] for row in tables["pipelines"]))
        self.lifecycles = self._lifecycles()
        self._sort_people()
        self._add_users()
        self._add_accounts()
        self._add_people()
        self._add_campaigns()
        self._add_opportunities()
        self._add_quotes()
        self._add_activities()

    def survivor(self, rows: dict[str, dict[str, str | None]], key: str) -> str:
        """Return the record that a record was merged into, in the end."""
        while rows[key]["merged_into_id"]:
            key = rows[key]["merged_into_id"]
        return key

    def person(self, contact: str | None) -> str | None:
        """Return the id under which a contact of the demo goes on living."""
        return self.people[self.survivor(self.contacts, contact)] if contact else None

    def owner(self, owner: str | None, *, is_lead: bool = False) -> str:
        """Return the owner of a record: a user, or a queue or a process where it has none."""
        if owner:
            return self.users[owner]
        return full_id(QUEUE if is_lead else ROBOT)

    # --- people ------------------------------------------------------------------------------

    def _lifecycles(self) -> dict[str, list[tuple[datetime, str]]]:
        found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for row in self.tables["lifecycle_history"]:
            found[row["contact_id"]].append((moment(row["entered_at"]), row["lifecyclestage"]))
        return {key: sorted(steps, key=lambda step: step[0]) for key, steps in found.items()}

    def _first(self, contact: str, *stages: str) -> datetime | None:
        steps = self.lifecycles.get(contact, [])
        return min((at for at, stage in steps if stage in stages), default=None)

    def _sort_people(self) -> None:
        """Tell contacts from leads: whoever was accepted by sales or has a deal is a contact."""
        roles = by(self.tables["deal_contacts"], "contact_id")
        self.roles = {
            key: [(row["deal_id"], row["is_primary"] == "true") for row in rows]
            for key, rows in roles.items()
        }
        late = ("salesqualifiedlead", "opportunity", "customer")
        kept = {
            self.survivor(self.contacts, key)
            for key in self.contacts
            if key in self.roles or self._first(key, *late)
        }
        self.known = {key for key in self.contacts if self.survivor(self.contacts, key) in kept}
        self.people = ids_of("003", self.known) | ids_of("00Q", self.contacts.keys() - self.known)
        # A contact that was a lead: somebody saw its status change, or accepted it.
        statuses = ("subscriber", "marketingqualifiedlead", "salesqualifiedlead", "other")
        was_lead = {key for key in self.known if self._first(key, *statuses)}
        self.leads = ids_of("00Q", was_lead, first=3_000_000)

    def _role_created(self, contact: str, deal: str) -> datetime:
        """Return when a contact was added to a deal, which makes it an opportunity."""
        entered = self._first(contact, "opportunity") or self._first(contact, "customer")
        created = moment(self.deals[deal]["createdate"])
        return max(created, entered or created)

    def _converted_at(self, contact: str) -> datetime:
        accepted = self._first(contact, "salesqualifiedlead")
        if accepted:
            return accepted
        deals = [deal for deal, _ in self.roles.get(contact, [])]
        found = [self._role_created(contact, deal) for deal in deals]
        return min(found, default=moment(self.contacts[contact]["createdate"]))

    def _add_people(self) -> None:
        accounts = {
            row["contact_id"]: row["company_id"]
            for row in self.tables["contact_companies"]
            if row["is_primary"] == "true"
        }
        for number, (key, row) in enumerate(self.contacts.items()):
            survivor = row["merged_into_id"]
            company = accounts.get(key)
            common: dict[str, Value] = {
                "IsDeleted": row["archived"] == "true",
                "MasterRecordId": self.people[survivor] if survivor else None,
                "FirstName": row["firstname"],
                "LastName": row["lastname"],
                "Email": row["email"],
                "LeadSource": _source(row["hs_analytics_source"]),
                "CreatedDate": moment(row["createdate"]),
            }
            if key not in self.known:
                self._add_lead(number, key, self.people[key], common, company, None)
                continue
            created = moment(row["createdate"])
            if key in self.leads:
                created = max(created, self._converted_at(key))
                lead = common | {"IsDeleted": False, "MasterRecordId": None}
                self._add_lead(number, key, self.leads[key], lead, company, created)
            account = self.survivor(self.companies, company) if company else None
            self.records["Contact"].append(
                {"Id": self.people[key]}
                | common
                | {
                    "AccountId": self.accounts[account] if account else None,
                    "OwnerId": self.owner(row["hubspot_owner_id"]),
                    "MailingStreet": None,
                    "MailingCountry": COUNTRIES[row["country"]],
                    "MailingCountryCode": row["country"],
                    "CreatedDate": created,
                    "LastModifiedDate": created + timedelta(hours=1),
                    "SystemModstamp": created + timedelta(hours=1),
                }
            )

    def _add_lead(
        self,
        number: int,
        key: str,
        lead: str,
        common: dict[str, Value],
        company: str | None,
        converted: datetime | None,
    ) -> None:
        """Add a lead with the history of its status, and the end of it if it was converted."""
        row, created = self.contacts[key], moment(self.contacts[key]["createdate"])
        statuses = [("Open - Not Contacted", created)]
        for at, stage in self.lifecycles.get(key, []):
            if stage not in LEAD_STATUSES or (converted and at > converted):
                continue
            words = LEAD_STATUSES[stage]
            if at == created and statuses == [("Open - Not Contacted", created)]:
                statuses = [(words[0], at)]
            elif statuses[-1][0] not in words:
                statuses.append((words[number % len(words)], at))
        if statuses == [("Open - Not Contacted", created)] and number % 5 == 0 and not converted:
            # Another status that means no more than the first one.
            statuses.append(("Working - Contacted", created + timedelta(minutes=7)))
        if converted:
            statuses.append(("Closed - Converted", max(converted, statuses[-1][1])))
        for (before, _), (status, at) in pairwise(statuses):
            self._add_history("LeadHistory", "LeadId", lead, "Status", before, status, at)
        deal = min((self.opportunities[deal] for deal, _ in self.roles.get(key, [])), default=None)
        account = self.survivor(self.companies, company) if company else None
        self.records["Lead"].append(
            {"Id": lead}
            | common
            | {
                "Company": self.companies[company]["name"] if company else "[not provided]",
                "Status": statuses[-1][0],
                "OwnerId": self.owner(row["hubspot_owner_id"], is_lead=not converted),
                "Country": COUNTRIES[row["country"]],
                "CountryCode": row["country"],
                "IsConverted": converted is not None,
                "ConvertedDate": converted.astimezone(PARIS).date() if converted else None,
                "ConvertedAccountId": self.accounts[account] if converted and account else None,
                "ConvertedContactId": self.people[key] if converted else None,
                "ConvertedOpportunityId": deal if converted else None,
                "LastModifiedDate": statuses[-1][1],
                "SystemModstamp": statuses[-1][1],
            }
        )

    def _add_history(
        self,
        history: str,
        parent: str,
        record: str,
        name: str,
        before: str | None,
        after: str | None,
        at: datetime,
    ) -> None:
        rows = self.records[history]
        prefix = "017" if history == "OpportunityFieldHistory" else "01C"
        rows.append(
            {
                "Id": new_id(prefix, 9_000 + len(rows)),
                "IsDeleted": False,
                parent: record,
                "CreatedDate": at,
                "Field": name,
                "OldValue": before,
                "NewValue": after,
            }
        )

    # --- users, accounts, campaigns -----------------------------------------------------------

    def _add_users(self) -> None:
        roles = ids_of("00E", (row["team"] for row in self.tables["owners"]))
        for team, role in roles.items():
            self.records["UserRole"].append({"Id": role, "Name": team, "ParentRoleId": None})
        for row in self.tables["owners"]:
            self.records["User"].append(
                {
                    "Id": self.users[row["id"]],
                    "FirstName": row["first_name"],
                    "LastName": row["last_name"],
                    "Name": f"{row['first_name']} {row['last_name']}",
                    "Email": row["email"],
                    "Title": row["role"].replace("_", " ").capitalize(),
                    "UserRoleId": roles[row["team"]],
                    "UserType": "Standard",
                    "IsActive": row["archived"] != "true",
                    "CreatedDate": moment(row["created_at"]),
                    "SystemModstamp": moment(row["created_at"]),
                }
            )
        others = (
            (full_id(ROBOT), "Automated Process", "AutomatedProcess"),
            (new_id("005", 90_001), "Platform Integration User", "CloudIntegrationUser"),
            (new_id("005", 90_002), "Chatter Expert", "CsnOnly"),
            # A colleague of no role who owns nothing.
            (new_id("005", 90_003), "Ines Delmarre", "Standard"),
        )
        for key, name, kind in others:
            self.records["User"].append(
                self.records["User"][0]
                | {
                    "Id": key,
                    "FirstName": None,
                    "LastName": name,
                    "Name": name,
                    "Email": f"{key.lower()}@lumevo.example",
                    "Title": "Analyst" if kind == "Standard" else None,
                    "UserRoleId": None,
                    "UserType": kind,
                    "IsActive": True,
                }
            )

    def _add_accounts(self) -> None:
        for number, (key, row) in enumerate(self.companies.items()):
            survivor = row["merged_into_id"]
            street = f'{number % 90 + 1} rue des Essais\r\nBât. "B"' if number % 40 == 0 else None
            self.records["Account"].append(
                {
                    "Id": self.accounts[key],
                    "IsDeleted": row["archived"] == "true",
                    "MasterRecordId": self.accounts[survivor] if survivor else None,
                    "Name": row["name"],
                    "Type": "Customer - Direct" if number % 3 == 0 else None,
                    "ParentId": (
                        self.accounts[row["parent_company_id"]]
                        if row["parent_company_id"]
                        else None
                    ),
                    "Website": f"https://www.{row['domain']}/" if row["domain"] else None,
                    "BillingStreet": street,
                    "BillingCountry": COUNTRIES[row["country"]],
                    "BillingCountryCode": row["country"],
                    "Industry": row["industry"],
                    "NumberOfEmployees": (
                        int(row["numberofemployees"]) if row["numberofemployees"] else None
                    ),
                    "OwnerId": self.owner(row["hubspot_owner_id"]),
                    "CreatedDate": moment(row["createdate"]),
                    "SystemModstamp": moment(row["createdate"]),
                }
            )

    def _add_campaigns(self) -> None:
        for row in self.tables["campaigns"]:
            self.records["Campaign"].append(
                {
                    "Id": self.campaigns[row["campaign_id"]],
                    "IsDeleted": False,
                    "Name": row["campaign_name"],
                    "Type": _source(row["channel_source"]),
                    "StartDate": day(row["start_date"]),
                    "EndDate": day(row["end_date"]),
                    "BudgetedCost": money(row["budget_amount"]),
                    "CurrencyIsoCode": row["currency"],
                    "IsActive": row["end_date"] is None,
                    "CreatedDate": datetime(2022, 12, 1, 9, tzinfo=UTC),
                    "SystemModstamp": datetime(2022, 12, 1, 9, tzinfo=UTC),
                }
            )
        self.records["Campaign"].append(
            self.records["Campaign"][0]
            | {"Id": new_id("701", 80_000), "IsDeleted": True, "Name": "Essai, à supprimer"}
        )
        members = self.records["CampaignMember"]

        def add(key: str, campaign: str, at: datetime, *, is_deleted: bool = False) -> None:
            is_known = key in self.known
            members.append(
                {
                    "Id": new_id("00v", 50_000 + len(members)),
                    "IsDeleted": is_deleted,
                    "CampaignId": self.campaigns[campaign],
                    # A member who was converted is named twice.
                    "LeadId": self.leads.get(key) if is_known else self.people[key],
                    "ContactId": self.people[key] if is_known else None,
                    "Status": "Responded",
                    "CreatedDate": at,
                    "SystemModstamp": at,
                }
            )

        for number, (key, row) in enumerate(self.contacts.items()):
            created = moment(row["createdate"])
            if not row["hs_campaign_id"]:
                continue
            if number % 9 == 0:
                # A later campaign, and one that was entered by mistake before.
                add(key, "C06", created + timedelta(days=40))
                add(key, "C02", created - timedelta(days=3), is_deleted=True)
            add(key, row["hs_campaign_id"], created)

    # --- opportunities ------------------------------------------------------------------------

    def _add_opportunities(self) -> None:
        plans = {row["plan_id"]: row["plan_name"] for row in self.tables["plans"]}
        self._add_stages()
        steps = by(self.tables["deal_stage_history"], "deal_id")
        changes = by(self.tables["deal_property_history"], "deal_id")
        for number, (key, row) in enumerate(self.deals.items()):
            entered = sorted(
                (moment(step["entered_at"]), step["dealstage"]) for step in steps.get(key, [])
            )
            changed = sorted(
                (
                    (moment(change["changed_at"]), change["property"], change["value"])
                    for change in changes.get(key, [])
                ),
                key=lambda change: change[0],
            )
            stage = self.stages[row["dealstage"]]
            company = row["associatedcompanyid"]
            account = self.survivor(self.companies, company) if company else None
            last = max([at for at, _ in entered] + [at for at, *_ in changed])
            is_open = stage["is_closed"] == "false"
            probability = Decimal(stage["probability"]) * 100
            self.records["Opportunity"].append(
                {
                    "Id": self.opportunities[key],
                    "IsDeleted": row["archived"] == "true",
                    "AccountId": self.accounts[account] if account else None,
                    "RecordTypeId": self.record_types[row["pipeline"]],
                    "Name": row["dealname"],
                    "StageName": STAGES[row["dealstage"]],
                    "Amount": money(row["amount"]),
                    # A rep may write another one than that of the stage.
                    "Probability": probability + 5 if is_open and number % 6 == 0 else probability,
                    "CloseDate": day(row["closedate"]),
                    "Type": (
                        "New Business" if row["dealtype"] == "newbusiness" else "Existing Business"
                    ),
                    "IsClosed": not is_open,
                    "IsWon": stage["is_won"] == "true",
                    "ForecastCategoryName": FORECASTS.get(row["hs_manual_forecast_category"]),
                    "CurrencyIsoCode": row["deal_currency_code"],
                    "OwnerId": self.users[row["hubspot_owner_id"]],
                    "CreatedDate": moment(row["createdate"]),
                    "LastStageChangeDate": entered[-1][0] if len(entered) > 1 else None,
                    "LastModifiedDate": last,
                    "SystemModstamp": last,
                    "Plan__c": plans[row["plan"]],
                    "Loss_Reason__c": row["closed_lost_reason"],
                }
            )
            if changed:
                self._add_opportunity_history(number, key, entered, changed)
            else:
                # The history of before lies in the field history alone.
                names = [(at, STAGES[name]) for at, name in entered]
                for (_, before), (at, after) in pairwise(names):
                    self._add_change(key, "StageName", before, after, at)
            self._add_owner_changes(key, changed)
        self._add_roles()
        self._add_deleted_opportunity()

    def _add_stages(self) -> None:
        seen: set[str] = set()
        rows = sorted(self.tables["pipelines"], key=lambda row: row["is_closed"] == "true")
        rows = [row for row in rows if row["pipeline_id"] != "legacy"] + [
            row for row in self.tables["pipelines"] if row["pipeline_id"] == "legacy"
        ]
        for row in rows:
            name = STAGES[row["stage_id"]]
            if name in seen:
                continue
            seen.add(name)
            self.records["OpportunityStage"].append(
                {
                    "Id": new_id("01J", 700 + len(seen)),
                    "MasterLabel": name,
                    "ApiName": name,
                    "IsActive": row["archived"] != "true",
                    "SortOrder": len(seen),
                    "IsClosed": row["is_closed"] == "true",
                    "IsWon": row["is_won"] == "true",
                    "DefaultProbability": Decimal(row["probability"]) * 100,
                }
            )
        names = {row["pipeline_id"]: row["pipeline_label"] for row in self.tables["pipelines"]}
        for pipeline, key in self.record_types.items():
            self.records["RecordType"].append(
                {
                    "Id": key,
                    "Name": names[pipeline],
                    "SobjectType": "Opportunity",
                    "IsActive": pipeline != "legacy",
                }
            )

    def _add_opportunity_history(
        self,
        number: int,
        deal: str,
        entered: list[tuple[datetime, str]],
        changed: list[tuple[datetime, str, str | None]],
    ) -> None:
        """Add a row with all values for each moment at which one of them changed."""
        rows = self.records["OpportunityHistory"]
        stages, values = dict(entered), defaultdict(dict)
        for at, name, value in changed:
            values[at][name] = value
        now: dict[str, str | None] = {}
        probability = Decimal(0)

        def add(at: datetime, *, is_deleted: bool = False) -> None:
            name = STAGES[now["stage"]]
            rows.append(
                {
                    "Id": new_id("008", 100_000 + len(rows)),
                    "IsDeleted": is_deleted,
                    "OpportunityId": self.opportunities[deal],
                    "StageName": FORMER_NAMES.get(name, name) if at < RENAMED_AT else name,
                    "Amount": money(now.get("amount")),
                    "CloseDate": day(now["closedate"]),
                    "Probability": probability,
                    "CreatedDate": at,
                    "SystemModstamp": at,
                }
            )

        moments = sorted(stages.keys() | values.keys())
        for place, at in enumerate(moments):
            moved, others = stages.get(at), values.get(at, {})
            if moved and others and place and number % 2:
                # Stage and amount saved one after the other, within a second.
                now |= others if number % 4 == 1 else {"stage": moved}
                add(at)
            now |= others | ({"stage": moved} if moved else {})
            probability = Decimal(self.stages[now["stage"]]["probability"]) * 100
            add(at)
            later = at + timedelta(minutes=3)
            if number % 7 == 0 and place == 0 and later < min(moments[1:], default=later):
                # Only the probability was written over.
                probability += 5
                add(later)
        if number % 50 == 0:
            now |= {"amount": "1.00"}
            add(max(stages), is_deleted=True)

    def _add_change(
        self, deal: str, name: str, before: str | None, after: str | None, at: datetime
    ) -> None:
        key = self.opportunities[deal]
        history = "OpportunityFieldHistory"
        self._add_history(history, "OpportunityId", key, name, before, after, at)

    def _add_owner_changes(
        self, deal: str, changed: list[tuple[datetime, str, str | None]]
    ) -> None:
        """Add changes of the owner: each has a row with names and one with ids."""
        owners = {row["id"]: row for row in self.tables["owners"]}
        found = [(at, value) for at, name, value in changed if name == "hubspot_owner_id"]
        for (_, before), (at, after) in pairwise(found):
            names = [
                f"{owners[key]['first_name']} {owners[key]['last_name']}" for key in (before, after)
            ]
            self._add_change(deal, "Owner", names[0], names[1], at)
            self._add_change(deal, "Owner", self.users[before], self.users[after], at)

    def _add_roles(self) -> None:
        rows = self.records["OpportunityContactRole"]
        for row in self.tables["deal_contacts"]:
            contact = self.survivor(self.contacts, row["contact_id"])
            at = self._role_created(contact, row["deal_id"])
            rows.append(
                {
                    "Id": new_id("00K", 20_000 + len(rows)),
                    "IsDeleted": False,
                    "OpportunityId": self.opportunities[row["deal_id"]],
                    "ContactId": self.people[contact],
                    "Role": "Decision Maker" if row["is_primary"] == "true" else None,
                    "IsPrimary": row["is_primary"] == "true",
                    "CreatedDate": at,
                    "SystemModstamp": at,
                }
            )
        # Somebody who was taken off a deal again.
        rows.append(
            rows[0]
            | {"Id": new_id("00K", 90_000), "IsDeleted": True, "ContactId": rows[40]["ContactId"]}
        )

    def _add_deleted_opportunity(self) -> None:
        """Add a deal in the recycle bin, with a type that the org has given up."""
        self.records["Opportunity"].append(
            self.records["Opportunity"][0]
            | {
                "Id": new_id("006", 900_000),
                "IsDeleted": True,
                "Name": "Essai, à supprimer",
                "Type": "Renewal (old)",
                "Amount": Decimal(1_000_000),
            }
        )

    # --- quotes and activities ----------------------------------------------------------------

    def _add_quotes(self) -> None:
        keys = ids_of("0Q0", (row["hs_object_id"] for row in self.tables["quotes"]))
        for number, row in enumerate(self.tables["quotes"]):
            created = moment(row["createdate"])
            deal = self.survivor(self.deals, row["deal_id"])
            self.records["Quote"].append(
                {
                    "Id": keys[row["hs_object_id"]],
                    "IsDeleted": False,
                    "OpportunityId": self.opportunities[deal],
                    "QuoteNumber": f"{number + 1:08}",
                    "Status": QUOTES[row["hs_status"]],
                    "GrandTotal": money(row["hs_quote_amount"]),
                    "CurrencyIsoCode": row["hs_currency"],
                    "ExpirationDate": day(row["hs_expiration_date"]),
                    "CreatedDate": created,
                    "SystemModstamp": created + timedelta(days=1),
                }
            )
        self.records["Quote"].append(
            self.records["Quote"][0] | {"Id": new_id("0Q0", 90_000), "IsDeleted": True}
        )

    def _add_activities(self) -> None:
        events = {"meeting": "Meeting", "demo": "Demo"}
        keys = ids_of("00U", (row["hs_object_id"] for row in self.tables["activities"]))
        for number, row in enumerate(self.tables["activities"]):
            at, key = moment(row["hs_timestamp"]), keys[row["hs_object_id"]]
            who = self.person(row["contact_id"])
            if who and row["contact_id"] in self.leads and number % 4 == 0:
                # Some activities stay with the lead that was converted.
                who = self.leads[row["contact_id"]]
            deal = self.survivor(self.deals, row["deal_id"]) if row["deal_id"] else None
            common: dict[str, Value] = {
                "IsDeleted": False,
                "WhoId": who,
                # Without a deal an activity may be about an account.
                "WhatId": self.opportunities[deal] if deal else self._some_account(number),
                "OwnerId": self.owner(row["hubspot_owner_id"]),
                "LastModifiedDate": at + timedelta(minutes=30),
                "SystemModstamp": at + timedelta(minutes=30),
            }
            local = at.astimezone(PARIS).date()
            if row["activity_type"] in events:
                self.records["Event"].append(
                    {"Id": key}
                    | common
                    | {
                        "Subject": "Rendez-vous",
                        "Type": events[row["activity_type"]],
                        "ActivityDate": local,
                        "StartDateTime": at,
                        "IsChild": False,
                        "CreatedDate": at - timedelta(days=2),
                    }
                )
                continue
            kind = row["activity_type"]
            self.records["Task"].append(
                {"Id": key.replace("00U", "00T", 1)}
                | common
                | {
                    "Subject": "Relance",
                    "TaskSubtype": kind.capitalize() if kind in ("call", "email") else "Task",
                    "Type": "Note" if kind == "note" else None,
                    "Status": "Completed",
                    "IsClosed": True,
                    "ActivityDate": local,
                    # Loaded from another system: the day alone is known.
                    "CompletedDateTime": None if number % 11 == 0 else at,
                    "CreatedDate": at,
                }
            )
        self._add_what_did_not_happen()

    def _some_account(self, number: int) -> str | None:
        keys = list(self.accounts.values())
        return keys[number % len(keys)] if number % 3 == 0 else None

    def _add_what_did_not_happen(self) -> None:
        """Add a task to do, a meeting to come, a guest's copy of a meeting, and a deleted one."""
        task, event = self.records["Task"][0], self.records["Event"][0]
        later = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.records["Task"] += [
            task
            | {
                "Id": new_id("00T", 900_000),
                "Status": "Not Started",
                "IsClosed": False,
                "ActivityDate": later.date(),
                "CompletedDateTime": None,
            },
            task | {"Id": new_id("00T", 900_001), "IsDeleted": True},
        ]
        self.records["Event"] += [
            event
            | {
                "Id": new_id("00U", 900_000),
                "ActivityDate": later.date(),
                "StartDateTime": later,
            },
            event | {"Id": new_id("00U", 900_001), "IsChild": True},
        ]


def _source(code: str | None) -> str | None:
    """Return a source in the words of a picklist; one that nobody knows stays as it is."""
    if not code or code == "AI_REFERRALS":
        return code
    return code.replace("_", " ").title()


# --- files ------------------------------------------------------------------------------------


def write(folder: Path, shape: str) -> None:
    """Write the demo company into the folder, in one of the shapes."""
    records = Org(company()).records
    if shape == "export":
        _write_export(folder, records)
    else:
        objects = DLT_OBJECTS if shape == "dlt" else tuple(records)
        _write_dlt(folder / "salesforce.duckdb", records, objects)


def _write_export(folder: Path, records: dict[str, Records]) -> None:
    """Write one CSV per object under its API name: every cell is quoted, booleans are 0 and 1."""
    for number, (name, rows) in enumerate(records.items()):
        written = _WRITTEN[number % len(_WRITTEN)]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(rows[0])
            for row in rows:
                writer.writerow([_cell(value, written) for value in row.values()])


def _cell(value: Value, written: Callable[[datetime], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return written(value)
    return str(float(value)) if isinstance(value, Decimal) else str(value)


def _write_dlt(path: Path, records: dict[str, Records], objects: Iterable[str]) -> None:
    """Write one table per object: typed, in snake case, with the versions that a row has had.

    A column without any value does not exist. The source merges without a key, so each change of a
    record is one more row, which a later load brought.
    """
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as database:
        database.execute("create schema salesforce_data")
        for name in objects:
            rows = with_versions(name, records[name])
            columns = [column for column in rows[0] if any(row[column] is not None for row in rows)]
            kinds = {column: _kind([row[column] for row in rows]) for column in columns}
            table = f"salesforce_data.{DLT_TABLES.get(name, _snake(name))}"
            listed = ", ".join(f'"{_snake(column)}" {kinds[column]}' for column in columns)
            database.execute(f"create table {table} ({listed})")
            with (path.parent / ".rows.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle, quoting=csv.QUOTE_ALL, lineterminator="\n")
                writer.writerows(
                    [_cell(row[column], _WRITTEN[0]) for column in columns] for row in rows
                )
            names = ", ".join(f"'c{place}': 'varchar'" for place in range(len(columns)))
            casts = ", ".join(f"c{place}::{kinds[name]}" for place, name in enumerate(columns))
            database.execute(
                f"insert into {table} select {casts} from read_csv('{path.parent / '.rows.csv'}', "
                f"columns = {{{names}}}, auto_detect = false, header = false, delim = ',', "
                "quote = '\"', escape = '\"', nullstr = '', strict_mode = false)"
            )
            (path.parent / ".rows.csv").unlink()


def with_versions(name: str, rows: Records) -> Records:
    """Return the rows with dlt's columns, and earlier versions of every seventh among them."""
    found: Records = []
    for number, row in enumerate(rows):
        key = {"_dlt_load_id": "1767225600.25", "_dlt_id": f"{name[:4]}{number:010}"}
        if number % 7 == 0 and "SystemModstamp" in row:
            # Loaded before the last change; it may lie before or after it in the table.
            earlier = row | {"SystemModstamp": row["SystemModstamp"] - timedelta(hours=1)}
            if "Name" in row:
                earlier["Name"] = f"{row['Name']} (old)"
            if "Amount" in row:
                earlier |= {"Amount": Decimal("1.5"), "StageName": "Discovery"}
            old = {"_dlt_load_id": "1767139200.5", "_dlt_id": f"{name[:4]}{number:010}v"}
            both = [row | key, earlier | old]
            found += both if number % 2 else both[::-1]
        else:
            found.append(row | key)
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _kind(values: list[Value]) -> str:
    value = next(value for value in values if value is not None)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, datetime):
        return "timestamptz"
    if isinstance(value, int):
        return "bigint"
    return "double" if isinstance(value, Decimal) else "varchar"
